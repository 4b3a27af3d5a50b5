// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/account.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { AccountModule } from "../src/modules/account/account.module.js";
import { createExampleStore } from "./example-store.js";

export const setup: TestSetup = {
  modules: () => [new AccountModule(createExampleStore())],
  path: "/account/ws",
};

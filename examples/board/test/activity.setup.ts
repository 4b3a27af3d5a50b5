// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/activity.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ActivityModule } from "../src/modules/activity/activity.module.js";
import { createExampleStore, tokenOf } from "./example-store.js";

export const setup: TestSetup = {
  modules: () => [new ActivityModule(createExampleStore())],
  path: `/activity/ws?token=${tokenOf("ann")}`,
};

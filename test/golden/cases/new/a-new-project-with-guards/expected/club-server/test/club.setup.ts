// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/club.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ClubModule } from "../src/modules/club/club.module.js";

export const setup: TestSetup = {
  modules: () => [new ClubModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/club/ws",
};

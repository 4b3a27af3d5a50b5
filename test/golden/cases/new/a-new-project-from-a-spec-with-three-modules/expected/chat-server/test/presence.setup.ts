// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/presence.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { PresenceModule } from "../src/modules/presence/presence.module.js";

export const setup: TestSetup = {
  modules: () => [new PresenceModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/presence/ws",
};

// Yours: created once by wsgen, never touched again. How test/presence.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { PresenceModule } from "../src/modules/presence/presence.module.js";

export const setup: TestSetup = {
  modules: () => [new PresenceModule()],
  // With what `connect` asks for, a query or `options: { headers: … }`.
  path: "/presence/ws",
};

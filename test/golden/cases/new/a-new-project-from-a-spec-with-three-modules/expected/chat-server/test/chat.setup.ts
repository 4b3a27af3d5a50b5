// Yours: created once by wsgen, never touched again. How test/chat.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ChatModule } from "../src/modules/chat/chat.module.js";

export const setup: TestSetup = {
  modules: () => [new ChatModule()],
  // With what `connect` asks for, a query or `options: { headers: … }`.
  path: "/chat/ws",
};

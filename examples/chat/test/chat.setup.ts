// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/chat.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ChatModule } from "../src/modules/chat/chat.module.js";

export const setup: TestSetup = {
  modules: () => [new ChatModule()],
  // `connect` wants to know who it is.
  path: "/chat/ws?name=ann",
};

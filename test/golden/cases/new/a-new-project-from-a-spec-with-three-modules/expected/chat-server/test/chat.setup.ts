// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/chat.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ChatModule } from "../src/modules/chat/chat.module.js";

export const setup: TestSetup = {
  modules: () => [new ChatModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/chat/ws",
};

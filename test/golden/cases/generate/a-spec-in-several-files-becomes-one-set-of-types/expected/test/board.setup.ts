// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/board.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { BoardModule } from "../src/modules/board/board.module.js";

export const setup: TestSetup = {
  modules: () => [new BoardModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/board/ws",
};

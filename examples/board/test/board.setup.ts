// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/board.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ActivityModule } from "../src/modules/activity/activity.module.js";
import { BoardModule } from "../src/modules/board/board.module.js";
import { createExampleStore, tokenOf } from "./example-store.js";

export const setup: TestSetup = {
  // Commands of boards push to the activity, so that it runs, too.
  modules: () => {
    const store = createExampleStore();
    return [new BoardModule(store), new ActivityModule(store)];
  },
  path: `/board/demo?token=${tokenOf("ann")}`,
};

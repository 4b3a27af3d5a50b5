// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/feed.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { FeedModule } from "../src/modules/feed/feed.module.js";

export const setup: TestSetup = {
  modules: () => [new FeedModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/feed/files/path",
};

// Yours: created once by wsgen, never touched again. How test/feed.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { FeedModule } from "../src/modules/feed/feed.module.js";

export const setup: TestSetup = {
  modules: () => [new FeedModule()],
  // With what `connect` asks for, a query or `options: { headers: … }`.
  path: "/feed/files/path",
};

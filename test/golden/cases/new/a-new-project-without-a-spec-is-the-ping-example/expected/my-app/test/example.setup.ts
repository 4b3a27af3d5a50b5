// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/example.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ExampleModule } from "../src/modules/example/example.module.js";

export const setup: TestSetup = {
  modules: () => [new ExampleModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/example/ws/test",
};

// Yours: created once by wsgen, never touched again. How test/example.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ExampleModule } from "../src/modules/example/example.module.js";

export const setup: TestSetup = {
  modules: () => [new ExampleModule()],
  // With what `connect` asks for, a query or `options: { headers: … }`.
  path: "/example/ws/test",
};

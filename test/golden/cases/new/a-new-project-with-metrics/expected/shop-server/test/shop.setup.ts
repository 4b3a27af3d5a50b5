// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
// It configures how test/shop.gen.test.ts starts the module and connects to it.
import type { TestSetup } from "wsgen-runtime/testing";
import { ShopModule } from "../src/modules/shop/shop.module.js";

export const setup: TestSetup = {
  modules: () => [new ShopModule()],
  // Add what `connect` needs: a query here, or `options: { headers: … }`.
  path: "/shop/ws",
};

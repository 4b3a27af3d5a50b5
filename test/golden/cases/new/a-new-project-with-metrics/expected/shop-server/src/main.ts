// Yours: wsgen edits only the import and the argument of each module.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ShopModule } from "./modules/shop/shop.module.js";

const server = await newWebsocketServe(
  new ShopModule(),
);

// On SIGTERM and SIGINT: refuse new connections, let running commands finish, close clients with 1001. A second signal exits at once.
closeOnSignals(server);

// Yours: wsgen edits only the import and the argument of each module.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { AccountModule } from "./modules/account/account.module.js";
import { ActivityModule } from "./modules/activity/activity.module.js";
import { BoardModule } from "./modules/board/board.module.js";
import { Store } from "./store.js";

const store = new Store(process.env.DATABASE ?? "board.db");
process.once("exit", () => store.close());

const server = await newWebsocketServe(
  new AccountModule(store),
  new BoardModule(store),
  new ActivityModule(store),
);

// On SIGTERM and SIGINT: refuse new connections, let running commands finish, close clients with 1001. A second signal exits at once.
closeOnSignals(server);

// Yours: wsgen edits only the import and the argument of each module.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ClubModule } from "./modules/club/club.module.js";

const server = await newWebsocketServe(
  new ClubModule(),
);

// On SIGTERM and SIGINT: refuse new connections, let running commands finish, close clients with 1001. A second signal exits at once.
closeOnSignals(server);

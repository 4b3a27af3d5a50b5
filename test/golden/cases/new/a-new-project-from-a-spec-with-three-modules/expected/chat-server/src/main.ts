// Yours: wsgen edits only the import and the argument of each module.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js";
import { PresenceModule } from "./modules/presence/presence.module.js";
import { FeedModule } from "./modules/feed/feed.module.js";

const server = await newWebsocketServe(
  new ChatModule(),
  new PresenceModule(),
  new FeedModule(),
);

// On SIGTERM and SIGINT: refuse new connections, let running commands finish, close clients with 1001. A second signal exits at once.
closeOnSignals(server);

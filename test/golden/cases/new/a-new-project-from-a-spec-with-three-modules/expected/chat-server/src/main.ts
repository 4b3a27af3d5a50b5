// Yours, edited by line: wsgen adds an import and an argument when the spec gets a module, and touches nothing else.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js";
import { PresenceModule } from "./modules/presence/presence.module.js";
import { FeedModule } from "./modules/feed/feed.module.js";

const server = await newWebsocketServe(
  new ChatModule(),
  new PresenceModule(),
  new FeedModule(),
);

// SIGTERM and SIGINT: no new connections, running commands finish, clients get close code 1001. A second signal ends at once.
closeOnSignals(server);

import { closeOnSignals, newWebsocketServe as serve } from "wsgen-runtime";
import { RoomModule } from "./modules/room/room.module.js";
import { ChatModule } from "./modules/chat/chat.module.js";

const server = await serve(
  new RoomModule(),
  new ChatModule(),
);

closeOnSignals(server);

import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { RoomModule } from "./modules/room/room.module.js";
import { ChatModule } from "./modules/chat/chat.module.js";

const server = await newWebsocketServe(
  new RoomModule(),
  new ChatModule(),
);

closeOnSignals(server);

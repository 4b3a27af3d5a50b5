import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js"; // rooms
import { RoomModule } from "./modules/room/room.module.js";

const server = await newWebsocketServe(
  new RoomModule(),
  new ChatModule(), // rooms
);

closeOnSignals(server);

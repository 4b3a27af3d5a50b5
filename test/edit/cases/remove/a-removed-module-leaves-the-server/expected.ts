import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { RoomModule } from "./modules/room/room.module.js";

const server = await newWebsocketServe(
  new RoomModule(),
);

closeOnSignals(server);

import { closeOnSignals, newWebsocketServe as serve } from "wsgen-runtime";
import { RoomModule } from "./modules/room/room.module.js";

const server = await serve(
  new RoomModule(),
);

closeOnSignals(server);

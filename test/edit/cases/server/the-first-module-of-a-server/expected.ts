import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js";

const server = await newWebsocketServe(new ChatModule());

closeOnSignals(server);

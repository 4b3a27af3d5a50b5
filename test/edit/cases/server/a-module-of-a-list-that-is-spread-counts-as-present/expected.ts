import { newWebsocketServe } from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js";

const modules = [new ChatModule()];
await newWebsocketServe(...modules);

import * as ws from "wsgen-runtime";
import { ChatModule } from "./modules/chat/chat.module.js";

export async function start(): Promise<void> {
	await ws.newWebsocketServe(...modules, new ChatModule());
}

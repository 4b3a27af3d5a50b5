import * as ws from "wsgen-runtime";

export async function start(): Promise<void> {
	await ws.newWebsocketServe(...modules);
}

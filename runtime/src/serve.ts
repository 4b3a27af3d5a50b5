import type { IWebsocket } from "./contract.js";
import { openServe } from "./server/open-serve.js";
import type { WebsocketServe } from "./server/running-serve.js";

/**
 * Starts the modules: all of them or none. Where nobody awaits it, a failing start ends the process with exit code 1
 * and the message.
 * @throws StartError or ConfigurationError naming the module and the reason: a duplicate flag or command, a bad
 * pattern or option, a taken port
 */
export function newWebsocketServe(...modules: readonly IWebsocket[]): Promise<WebsocketServe> {
  return openServe(modules);
}

import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand as Ping } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [new Ping()].filter(isEnabled);
  }
}

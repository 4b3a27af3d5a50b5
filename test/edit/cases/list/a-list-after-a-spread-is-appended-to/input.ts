import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule extends BaseModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [...super.getCommandList(), new PingCommand()];
  }
}

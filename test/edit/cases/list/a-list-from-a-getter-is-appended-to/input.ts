import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  private get commands(): ICommand[] {
    return [new PingCommand()];
  }

  getCommandList(): ICommand[] {
    return this.commands;
  }
}

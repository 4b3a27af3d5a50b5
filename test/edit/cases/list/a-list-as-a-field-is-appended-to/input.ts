import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  private readonly commands: ICommand[] = [new PingCommand()];

  getCommandList(): ICommand[] {
    return this.commands;
  }
}

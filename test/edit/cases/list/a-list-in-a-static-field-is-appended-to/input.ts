import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  static readonly commands = [new PingCommand()];

  getCommandList(): ICommand[] {
    return ChatModule.commands;
  }
}

import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  static readonly commands = [new PingCommand(), new SayCommand()];

  getCommandList(): ICommand[] {
    return ChatModule.commands;
  }
}

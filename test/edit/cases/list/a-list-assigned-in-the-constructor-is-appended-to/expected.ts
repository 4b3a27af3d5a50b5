import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  private readonly commands: ICommand[];

  constructor(private readonly store: Store) {
    this.commands = [
      new PingCommand(this.store),
      new SayCommand(),
    ];
  }

  getCommandList(): ICommand[] {
    return this.commands;
  }
}

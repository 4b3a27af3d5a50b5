import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  private readonly commands: ICommand[];

  constructor(private readonly store: Store) {
    this.commands = [
      new PingCommand(this.store),
    ];
  }

  getCommandList(): ICommand[] {
    return this.commands;
  }
}

import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  readonly #list = [new PingCommand()] as ICommand[];

  constructor() {
    this.#list[1] = new PingCommand();
  }

  getCommandList(): ICommand[] {
    return this.#list;
  }
}

import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  readonly #list = [new PingCommand(), new SayCommand()] as ICommand[];

  getCommandList(): ICommand[] {
    return this.#list;
  }
}

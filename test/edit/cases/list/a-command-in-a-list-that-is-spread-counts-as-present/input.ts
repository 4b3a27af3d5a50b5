import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";
import { PingCommand } from "./commands/ping.command.js";

const basic = [new SayCommand()];

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [...basic, new PingCommand()];
  }
}

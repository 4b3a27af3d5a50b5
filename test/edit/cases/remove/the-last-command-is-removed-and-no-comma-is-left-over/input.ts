import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new SayCommand()
    ];
  }
}

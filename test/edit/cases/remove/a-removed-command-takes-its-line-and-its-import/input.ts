import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new SayCommand(this.store), // speak
      new LeaveCommand(),
    ];
  }
}

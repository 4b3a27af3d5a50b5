import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { LeaveCommand } from "./commands/leave.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [new PingCommand(), new SayCommand(), new LeaveCommand()];
  }
}

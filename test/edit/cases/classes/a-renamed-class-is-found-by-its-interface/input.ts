import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class RoomsModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [new PingCommand()];
  }
}

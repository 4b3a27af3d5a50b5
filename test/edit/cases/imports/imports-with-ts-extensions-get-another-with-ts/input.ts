import { PingCommand } from "./commands/ping.command.ts";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}

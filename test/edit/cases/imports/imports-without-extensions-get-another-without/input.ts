import { PingCommand } from "./commands/ping.command";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}

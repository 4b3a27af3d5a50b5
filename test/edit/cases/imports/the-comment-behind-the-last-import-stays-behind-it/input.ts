import { PingCommand } from "./commands/ping.command.js"; // the first

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}

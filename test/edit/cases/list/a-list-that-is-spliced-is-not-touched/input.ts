import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  list = [new PingCommand()];

  constructor() {
    this.list.splice(0, 1);
  }

  getCommandList() {
    return this.list;
  }
}

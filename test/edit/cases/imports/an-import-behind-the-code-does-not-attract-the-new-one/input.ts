import { PingCommand } from "./commands/ping.command.js";

export class ChatModule {
  getCommandList() {
    return [new PingCommand()];
  }
}

import { late } from "./late.js";
late();

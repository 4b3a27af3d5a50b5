import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule {
  getCommandList() {
    return [new PingCommand(), new SayCommand()];
  }
}

import { late } from "./late.js";
late();

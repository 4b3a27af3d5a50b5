import { PingCommand } from "./commands/ping.command.ts";
import { SayCommand } from "./commands/say.command.ts";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new SayCommand(),
    ];
  }
}

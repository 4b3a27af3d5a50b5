import { PingCommand } from "./commands/ping.command";
import { SayCommand } from "./commands/say.command";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new SayCommand(),
    ];
  }
}

import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";

const commands = [
  new PingCommand(),
  new SayCommand(),
] as const;

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return commands;
  }
}

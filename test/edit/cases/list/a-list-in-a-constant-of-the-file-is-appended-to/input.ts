import { PingCommand } from "./commands/ping.command.js";

const commands = [
  new PingCommand(),
] as const;

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return commands;
  }
}

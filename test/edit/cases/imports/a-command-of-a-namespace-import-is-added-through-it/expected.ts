import * as commands from "./commands/index.js";

export class ChatModule implements IWebsocket {
  static readonly kinds = [commands.SayCommand, commands.PingCommand];

  getCommandList(): ICommand[] {
    return [new commands.PingCommand(), new commands.SayCommand()];
  }
}

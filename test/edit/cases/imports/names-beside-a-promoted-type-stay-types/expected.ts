import { SayCommand, type SayReply } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new SayCommand(),
    ];
  }
}

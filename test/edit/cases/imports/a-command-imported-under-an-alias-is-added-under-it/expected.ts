import { SayCommand as S } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new S(),
    ];
  }
}

import { SayCommand } from "../shared/say.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new SayCommand(),
    ];
  }
}

import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  say = new SayCommand();

  getCommandList() {
    return [new SayCommand()];
  }
}

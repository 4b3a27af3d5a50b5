import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand as Say } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  say = new Say();

  getCommandList() {
    return [new Say()];
  }
}

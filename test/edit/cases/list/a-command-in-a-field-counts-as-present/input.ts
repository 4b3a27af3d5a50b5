import type { ICommand, IWebsocket } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  readonly #x = 1;
  private readonly say = new SayCommand();

  getCommandList(): ICommand[] {
    return [this.say];
  }
}

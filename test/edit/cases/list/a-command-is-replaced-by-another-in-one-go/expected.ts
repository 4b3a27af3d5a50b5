import type { ICommand, IWebsocket } from "wsgen-runtime";
import { TalkCommand } from "./commands/talk.command.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [
      new TalkCommand(),
    ];
  }
}

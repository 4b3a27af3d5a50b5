import { commands } from "./commands/index.js";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return commands;
  }
}

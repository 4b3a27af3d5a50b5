import type { ICommand, IWebsocket } from "wsgen-runtime";

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}

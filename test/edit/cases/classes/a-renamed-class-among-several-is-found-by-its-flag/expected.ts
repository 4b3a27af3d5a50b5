import type * as ws from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";

export class OtherModule implements ws.IWebsocket {
  getModuleFlag() {
    return "other";
  }
  getCommandList() {
    return [];
  }
}

export const Rooms = class implements ws.IWebsocket {
  getModuleFlag() {
    return "chat";
  }
  getCommandList() {
    return [
      new SayCommand(),
    ];
  }
};

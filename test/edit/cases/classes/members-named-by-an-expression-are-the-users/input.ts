import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

const list = "getCommandList";
const names = { flag: "getModuleFlag" } as const;

export class ChatModule implements IWebsocket {
  [list](): ICommand[] {
    return [new PingCommand()];
  }
  [names.flag]() {
    return "chat";
  }
  getServerPort() {
    return 1;
  }
}

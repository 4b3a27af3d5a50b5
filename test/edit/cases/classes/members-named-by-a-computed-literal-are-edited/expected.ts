import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  ["list"] = [new PingCommand()];
  ["getCommandList"](): ICommand[] {
    return this["list"];
  }
  [`getModuleFlag`]() {
    return "talk";
  }
  ["getServerPort"] = () => 7;
}

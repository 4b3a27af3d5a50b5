import type { IWebsocket as Contract } from "wsgen-runtime";
import { SayCommand } from "./commands/say.command.js";

export class RoomsModule implements Contract {
  getCommandList(): ICommand[] {
    return [new PingCommand(), new SayCommand()];
  }
}

import type { IWebsocket as Contract } from "wsgen-runtime";

export class RoomsModule implements Contract {
  getCommandList(): ICommand[] {
    return [new PingCommand()];
  }
}

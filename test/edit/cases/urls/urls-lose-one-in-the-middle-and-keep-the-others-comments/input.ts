import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  handshakeURL() {
    return [
      "ws", // the plain one
      "old", // gone
      "rooms/:room", // one room
    ];
  }
}

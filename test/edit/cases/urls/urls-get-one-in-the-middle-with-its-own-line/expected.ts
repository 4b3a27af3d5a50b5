import type { ICommand, IWebsocket } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export class ChatModule implements IWebsocket {
  handshakeURL() {
    return [ // all of them
      // the plain one
      "ws",
      "live",
      // one room
      "rooms/:room",
    ];
  }
}

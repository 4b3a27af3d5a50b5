// Yours, edited by line: wsgen adds commands to the list and keeps literals that mirror the spec equal to it.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { chatModuleOptions } from "./chat.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { HistoryCommand } from "./commands/history.command.js";

/** Rooms and their messages. */
export class ChatModule implements IWebsocket {
  /** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */
  async connect(_ctx: WSContext): Promise<void> {}

  /** An established connection has ended, whoever ended it. */
  async disconnect(_ctx: WSContext): Promise<void> {}

  /** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */
  async close(_ctx: WSContext, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws", "rooms/:room"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new SayCommand(),
      new HistoryCommand(),
    ];
  }

  getModuleFlag(): string {
    return "chat";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...chatModuleOptions];
  }
}

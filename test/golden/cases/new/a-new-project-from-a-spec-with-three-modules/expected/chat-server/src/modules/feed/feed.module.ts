// Yours, edited by line: wsgen adds commands to the list and keeps literals that mirror the spec equal to it.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { feedModuleOptions } from "./feed.gen.js";
import { StatCommand } from "./commands/stat.command.js";

/** Follow the files below a folder. */
export class FeedModule implements IWebsocket {
  /** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */
  async connect(_ctx: WSContext): Promise<void> {}

  /** An established connection has ended, whoever ended it. */
  async disconnect(_ctx: WSContext): Promise<void> {}

  /** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */
  async close(_ctx: WSContext, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["files/*path"];
  }

  getCommandList(): ICommand[] {
    return [
      new StatCommand(),
    ];
  }

  getModuleFlag(): string {
    return "feed";
  }

  getServerPort(): number {
    return 10100;
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...feedModuleOptions];
  }
}

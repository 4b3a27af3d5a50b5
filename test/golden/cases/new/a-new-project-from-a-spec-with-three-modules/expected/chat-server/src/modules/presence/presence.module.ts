// Yours, edited by line: wsgen adds commands to the list and keeps literals that mirror the spec equal to it.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { presenceModuleOptions } from "./presence.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { WhoCommand } from "./commands/who.command.js";
import { StatusSetCommand } from "./commands/status-set.command.js";

/** Who is here, and what they are doing. */
export class PresenceModule implements IWebsocket {
  /** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */
  async connect(_ctx: WSContext): Promise<void> {}

  /** An established connection has ended, whoever ended it. */
  async disconnect(_ctx: WSContext): Promise<void> {}

  /** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */
  async close(_ctx: WSContext, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new WhoCommand(),
      new StatusSetCommand(),
    ];
  }

  getModuleFlag(): string {
    return "presence";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...presenceModuleOptions];
  }
}

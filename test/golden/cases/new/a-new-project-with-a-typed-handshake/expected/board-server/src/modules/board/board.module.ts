// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type BoardContext, boardModuleOptions } from "./board.gen.js";
import { PingCommand } from "./commands/ping.command.js";

/** The module board. */
export class BoardModule implements IWebsocket<BoardContext> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: BoardContext): Promise<void> {}

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: BoardContext): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: BoardContext, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["boards/:boardId", "boards/:boardId/files/*path"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
    ];
  }

  getModuleFlag(): string {
    return "board";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...boardModuleOptions];
  }
}

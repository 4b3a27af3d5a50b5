// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type BoardConnectContext, type BoardContext, boardModuleOptions } from "./board.gen.js";
import { AddTaskCommand } from "./commands/add-task.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type BoardState = Record<string, never>;

/** The module board. */
export class BoardModule implements IWebsocket<BoardContext<BoardState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: BoardConnectContext): Promise<BoardState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: BoardContext<BoardState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: BoardContext<BoardState>, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [
      new AddTaskCommand(),
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

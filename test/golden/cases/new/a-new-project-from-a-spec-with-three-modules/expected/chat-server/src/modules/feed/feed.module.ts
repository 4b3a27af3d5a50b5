// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type FeedConnectContext, type FeedContext, feedModuleOptions } from "./feed.gen.js";
import { StatCommand } from "./commands/stat.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type FeedState = Record<string, never>;

/** Follow the files below a folder. */
export class FeedModule implements IWebsocket<FeedContext<FeedState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: FeedConnectContext): Promise<FeedState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: FeedContext<FeedState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: FeedContext<FeedState>, _code: number, _message: string): Promise<void> {}

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

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...feedModuleOptions];
  }
}

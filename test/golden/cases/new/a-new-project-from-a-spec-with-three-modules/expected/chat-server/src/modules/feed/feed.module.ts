// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type FeedContext, feedModuleOptions } from "./feed.gen.js";
import { StatCommand } from "./commands/stat.command.js";

/** Follow the files below a folder. */
export class FeedModule implements IWebsocket<FeedContext> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: FeedContext): Promise<void> {}

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: FeedContext): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: FeedContext, _code: number, _message: string): Promise<void> {}

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

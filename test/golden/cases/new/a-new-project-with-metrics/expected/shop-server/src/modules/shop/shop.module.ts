// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type ShopConnectContext, type ShopContext, shopModuleOptions } from "./shop.gen.js";
import { BuyCommand } from "./commands/buy.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type ShopState = Record<string, never>;

/** The module shop. */
export class ShopModule implements IWebsocket<ShopContext<ShopState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: ShopConnectContext): Promise<ShopState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: ShopContext<ShopState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: ShopContext<ShopState>, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [
      new BuyCommand(),
    ];
  }

  getModuleFlag(): string {
    return "shop";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...shopModuleOptions];
  }
}

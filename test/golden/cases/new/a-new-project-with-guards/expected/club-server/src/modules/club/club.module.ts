// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type ClubConnectContext, type ClubContext, clubModuleOptions } from "./club.gen.js";
import { SayCommand } from "./commands/say.command.js";
import { BanCommand } from "./commands/ban.command.js";
import { KickCommand } from "./commands/kick.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type ClubState = Record<string, never>;

/** The module club. */
export class ClubModule implements IWebsocket<ClubContext<ClubState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: ClubConnectContext): Promise<ClubState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: ClubContext<ClubState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: ClubContext<ClubState>, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [
      new SayCommand(),
      new BanCommand(),
      new KickCommand(),
    ];
  }

  getModuleFlag(): string {
    return "club";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...clubModuleOptions];
  }
}

// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type PresenceConnectContext, type PresenceContext, presenceModuleOptions } from "./presence.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { WhoCommand } from "./commands/who.command.js";
import { StatusSetCommand } from "./commands/status-set.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type PresenceState = Record<string, never>;

/** Who is here, and what they are doing. */
export class PresenceModule implements IWebsocket<PresenceContext<PresenceState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: PresenceConnectContext): Promise<PresenceState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: PresenceContext<PresenceState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: PresenceContext<PresenceState>, _code: number, _message: string): Promise<void> {}

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

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...presenceModuleOptions];
  }
}

// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import type { Status } from "../../schemas.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { StatusSetCommand } from "./commands/status-set.command.js";
import { WhoCommand } from "./commands/who.command.js";
import {
  type PresenceConnectContext,
  type PresenceContext,
  type PresencePresence,
  type PresencePublicState,
  presenceModuleOptions,
} from "./presence.gen.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export interface PresenceState {
  readonly name: string;
  status: Status;
}

/** The room of everybody who is here: the runtime tells its members who comes and who leaves. */
export const everybody = "everybody";

/** Who is here, and what they are doing. */
export class PresenceModule
  implements IWebsocket<PresenceContext<PresenceState>>, PresencePresence<PresenceState>
{
  async connect(ctx: PresenceConnectContext): Promise<PresenceState> {
    ctx.join(everybody);
    return { name: ctx.query.name, status: "online" };
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(): Promise<void> {}

  /** Returns what other clients in a room see of a connection. It is called each time that they ask. */
  publicState({ state: { name, status } }: PresenceContext<PresenceState>): PresencePublicState {
    return { name, status };
  }

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [new PingCommand(), new WhoCommand(), new StatusSetCommand()];
  }

  getModuleFlag(): string {
    return "presence";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...presenceModuleOptions(this)];
  }
}

// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { StatusSetCommand } from "./commands/status-set.command.js";
import { WhoCommand } from "./commands/who.command.js";
import { People } from "./people.js";
import { presenceModuleOptions } from "./presence.gen.js";

/** Who is here, and what they are doing. */
export class PresenceModule implements IWebsocket {
  readonly #people = new People();

  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(ctx: WSContext): Promise<void> {
    this.#people.set(ctx, "online");
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(ctx: WSContext): Promise<void> {
    this.#people.remove(ctx);
  }

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [new PingCommand(), new WhoCommand(this.#people), new StatusSetCommand(this.#people)];
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

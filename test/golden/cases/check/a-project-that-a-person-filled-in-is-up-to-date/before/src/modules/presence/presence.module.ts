// Yours, edited by line: wsgen adds commands to the list and keeps literals that mirror the spec equal to it.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { StatusSetCommand } from "./commands/status-set.command.js";
import { WhoCommand } from "./commands/who.command.js";
import { People } from "./people.js";
import { presenceModuleOptions } from "./presence.gen.js";

/** Who is here, and what they are doing. */
export class PresenceModule implements IWebsocket {
  readonly #people = new People();

  /** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */
  async connect(ctx: WSContext): Promise<void> {
    this.#people.set(ctx, "online");
  }

  /** An established connection has ended, whoever ended it. */
  async disconnect(ctx: WSContext): Promise<void> {
    this.#people.remove(ctx);
  }

  /** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */
  async close(ctx: WSContext, code: number, message: string): Promise<void> {
    ctx.log.debug({ code, message }, "closed");
  }

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

  /** The options of the spec; add your own behind them, the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...presenceModuleOptions];
  }
}

// Yours, edited by line: wsgen adds commands to the list and keeps literals that mirror the spec equal to it.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { exampleModuleOptions } from "./example.gen.js";

declare function loadCommands(from: string): ICommand[];

/** Greets every client and answers a ping. */
export class ExampleModule implements IWebsocket {
  /** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */
  async connect(ctx: WSContext): Promise<void> {
    ctx.send({ say: "hello world!", cid: ctx.id });
  }

  /** An established connection has ended, whoever ended it. */
  async disconnect(ctx: WSContext): Promise<void> {
    ctx.log.debug({}, "disconnected");
  }

  /** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */
  async close(ctx: WSContext, code: number, message: string): Promise<void> {
    ctx.log.debug({ code, message }, "closed");
  }

  handshakeURL(): string[] {
    return ["ws/test"];
  }

  getCommandList(): ICommand[] {
    return loadCommands(import.meta.url);
  }

  getModuleFlag(): string {
    return "example";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...exampleModuleOptions];
  }
}

// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig, WSContext } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { exampleModuleOptions } from "./example.gen.js";

/** Greets every client and answers a ping. */
export class ExampleModule implements IWebsocket {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(ctx: WSContext): Promise<void> {
    ctx.send({ say: "hello world!", cid: ctx.id });
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: WSContext): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: WSContext, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws/test"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
    ];
  }

  getModuleFlag(): string {
    return "example";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...exampleModuleOptions];
  }
}

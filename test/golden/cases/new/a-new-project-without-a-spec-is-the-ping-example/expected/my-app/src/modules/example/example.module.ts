// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";
import { type ExampleContext, exampleModuleOptions } from "./example.gen.js";

/** Greets every client and answers a ping. */
export class ExampleModule implements IWebsocket<ExampleContext> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(ctx: ExampleContext): Promise<void> {
    ctx.send({ say: "hello world!", cid: ctx.id });
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: ExampleContext): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: ExampleContext, _code: number, _message: string): Promise<void> {}

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

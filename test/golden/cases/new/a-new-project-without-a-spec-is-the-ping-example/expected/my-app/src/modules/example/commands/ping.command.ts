// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import { type ExampleCommandContext, type PingReply, type PingRequest, pingOptions } from "../example.gen.js";

/** Is the server alive? */
export class PingCommand implements ICommand<PingRequest, PingReply, ExampleCommandContext> {
  getCommand(): string {
    return "ping";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...pingOptions];
  }

  async execute(_ctx: ExampleCommandContext, _data: PingRequest): Promise<PingReply> {
    return { ping: "pong" };
  }
}

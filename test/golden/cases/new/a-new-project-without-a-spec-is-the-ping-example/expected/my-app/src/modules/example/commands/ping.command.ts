// Yours: created once by wsgen, never touched again.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import { type PingReply, type PingRequest, pingOptions } from "../example.gen.js";

/** Is the server alive? */
export class PingCommand implements ICommand<PingRequest, PingReply> {
  getCommand(): string {
    return "ping";
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...pingOptions];
  }

  async execute(_ctx: CommandContext, _data: PingRequest): Promise<PingReply> {
    return { ping: "pong" };
  }
}

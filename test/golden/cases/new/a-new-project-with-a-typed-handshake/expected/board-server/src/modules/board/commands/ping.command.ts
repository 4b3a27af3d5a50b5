// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type BoardCommandContext, pingOptions, type PingReply, type PingRequest } from "../board.gen.js";

/** The command ping. */
export class PingCommand implements ICommand<PingRequest, PingReply, BoardCommandContext> {
  getCommand(): string {
    return "ping";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...pingOptions];
  }

  async execute(_ctx: BoardCommandContext, _data: PingRequest): Promise<PingReply> {
    throw new NotImplementedError("ping");
  }
}

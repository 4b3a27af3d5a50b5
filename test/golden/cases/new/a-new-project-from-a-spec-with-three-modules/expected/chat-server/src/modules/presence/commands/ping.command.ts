// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type PresenceCommandContext, pingOptions, type PingReply, type PingRequest } from "../presence.gen.js";

/** Is the server alive? */
export class PingCommand implements ICommand<PingRequest, PingReply, PresenceCommandContext> {
  getCommand(): string {
    return "ping";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...pingOptions];
  }

  async execute(_ctx: PresenceCommandContext, _data: PingRequest): Promise<PingReply> {
    throw new NotImplementedError("ping");
  }
}

// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type PresenceCommandContext, whoOptions, type WhoReply, type WhoRequest } from "../presence.gen.js";

/** Everybody who is here. */
export class WhoCommand implements ICommand<WhoRequest, WhoReply, PresenceCommandContext> {
  getCommand(): string {
    return "who";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...whoOptions];
  }

  async execute(_ctx: PresenceCommandContext, _data: WhoRequest): Promise<WhoReply> {
    throw new NotImplementedError("who");
  }
}

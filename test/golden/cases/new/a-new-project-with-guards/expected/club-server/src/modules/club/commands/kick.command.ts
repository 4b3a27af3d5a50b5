// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type KickContext, kickOptions, type KickReply, type KickRequest } from "../club.gen.js";

/** The command kick. */
export class KickCommand implements ICommand<KickRequest, KickReply, KickContext> {
  getCommand(): string {
    return "kick";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...kickOptions];
  }

  async execute(_ctx: KickContext, _data: KickRequest): Promise<KickReply> {
    throw new NotImplementedError("kick");
  }
}

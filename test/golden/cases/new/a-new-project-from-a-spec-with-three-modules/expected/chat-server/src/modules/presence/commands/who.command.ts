// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { whoOptions, type WhoReply, type WhoRequest } from "../presence.gen.js";

/** Everybody who is here. */
export class WhoCommand implements ICommand<WhoRequest, WhoReply> {
  getCommand(): string {
    return "who";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...whoOptions];
  }

  async execute(_ctx: CommandContext, _data: WhoRequest): Promise<WhoReply> {
    throw new NotImplementedError("who");
  }
}

// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type BanContext, banOptions, type BanReply, type BanRequest } from "../club.gen.js";

/** The command ban. */
export class BanCommand implements ICommand<BanRequest, BanReply, BanContext> {
  getCommand(): string {
    return "ban";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...banOptions];
  }

  async execute(_ctx: BanContext, _data: BanRequest): Promise<BanReply> {
    throw new NotImplementedError("ban");
  }
}

// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type ShopCommandContext, buyOptions, type BuyReply, type BuyRequest } from "../shop.gen.js";

/** The command buy. */
export class BuyCommand implements ICommand<BuyRequest, BuyReply, ShopCommandContext> {
  getCommand(): string {
    return "buy";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...buyOptions];
  }

  async execute(_ctx: ShopCommandContext, _data: BuyRequest): Promise<BuyReply> {
    throw new NotImplementedError("buy");
  }
}

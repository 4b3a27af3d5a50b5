// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type FeedCommandContext, statOptions, type StatReply, type StatRequest } from "../feed.gen.js";

/** The size of the followed file. */
export class StatCommand implements ICommand<StatRequest, StatReply, FeedCommandContext> {
  getCommand(): string {
    return "stat";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statOptions];
  }

  async execute(_ctx: FeedCommandContext, _data: StatRequest): Promise<StatReply> {
    throw new NotImplementedError("stat");
  }
}

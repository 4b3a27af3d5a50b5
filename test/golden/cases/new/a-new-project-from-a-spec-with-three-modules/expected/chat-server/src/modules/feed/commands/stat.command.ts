// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { statOptions, type StatReply, type StatRequest } from "../feed.gen.js";

/** The size of the followed file. */
export class StatCommand implements ICommand<StatRequest, StatReply> {
  getCommand(): string {
    return "stat";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statOptions];
  }

  async execute(_ctx: CommandContext, _data: StatRequest): Promise<StatReply> {
    throw new NotImplementedError("stat");
  }
}

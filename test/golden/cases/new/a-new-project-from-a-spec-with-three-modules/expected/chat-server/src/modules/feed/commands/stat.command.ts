// Yours: created once by wsgen, never touched again.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { statOptions, type StatReply, type StatRequest } from "../feed.gen.js";

/** The size of the followed file. */
export class StatCommand implements ICommand<StatRequest, StatReply> {
  getCommand(): string {
    return "stat";
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statOptions];
  }

  async execute(_ctx: CommandContext, _data: StatRequest): Promise<StatReply> {
    throw new NotImplementedError("stat");
  }
}

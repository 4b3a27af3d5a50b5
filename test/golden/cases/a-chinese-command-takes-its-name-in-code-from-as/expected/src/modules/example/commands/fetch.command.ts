// Yours: created once by wsgen, never touched again.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { fetchOptions, type FetchReply, type FetchRequest } from "../example.gen.js";

/** The command 获取. */
export class FetchCommand implements ICommand<FetchRequest, FetchReply> {
  getCommand(): string {
    return "获取";
  }

  /** The options of wsgen.yaml; add your own behind them, the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...fetchOptions];
  }

  async execute(_ctx: CommandContext, _data: FetchRequest): Promise<FetchReply> {
    throw new NotImplementedError("获取");
  }
}

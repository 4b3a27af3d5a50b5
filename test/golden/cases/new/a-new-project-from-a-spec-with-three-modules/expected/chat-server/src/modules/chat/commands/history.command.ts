// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { historyOptions, type HistoryReply, type HistoryRequest } from "../chat.gen.js";

/** The last messages of a room, oldest first. */
export class HistoryCommand implements ICommand<HistoryRequest, HistoryReply> {
  getCommand(): string {
    return "history";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...historyOptions];
  }

  async execute(_ctx: CommandContext, _data: HistoryRequest): Promise<HistoryReply> {
    throw new NotImplementedError("history");
  }
}

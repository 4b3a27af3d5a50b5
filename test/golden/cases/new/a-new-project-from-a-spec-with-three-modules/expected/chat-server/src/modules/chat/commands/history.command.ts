// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type ChatCommandContext, historyOptions, type HistoryReply, type HistoryRequest } from "../chat.gen.js";

/** The last messages of a room, oldest first. */
export class HistoryCommand implements ICommand<HistoryRequest, HistoryReply, ChatCommandContext> {
  getCommand(): string {
    return "history";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...historyOptions];
  }

  async execute(_ctx: ChatCommandContext, _data: HistoryRequest): Promise<HistoryReply> {
    throw new NotImplementedError("history");
  }
}

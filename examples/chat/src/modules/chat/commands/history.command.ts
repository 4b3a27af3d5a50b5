// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import { type HistoryReply, type HistoryRequest, historyOptions } from "../chat.gen.js";
import type { History } from "../history.js";

/** The last messages of a room, oldest first. */
export class HistoryCommand implements ICommand<HistoryRequest, HistoryReply> {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  getCommand(): string {
    return "history";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...historyOptions];
  }

  async execute(_ctx: CommandContext, { room, limit }: HistoryRequest): Promise<HistoryReply> {
    return { messages: this.#history.last(room, limit) };
  }
}

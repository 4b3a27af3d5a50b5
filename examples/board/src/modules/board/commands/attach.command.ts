// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import {
  type AttachContext,
  type AttachReply,
  type AttachRequest,
  attachOptions,
  boardErrors,
  boardEvents,
} from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** Attaches a file to a card. It replaces an earlier one. */
export class AttachCommand implements ICommand<AttachRequest, AttachReply, AttachContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "attach";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...attachOptions];
  }

  async execute(
    ctx: AttachContext<BoardState>,
    { number, name, content }: AttachRequest,
  ): Promise<AttachReply> {
    const { board } = ctx.params;
    const card = this.#store.attachFile(board, number, { name, content });
    if (card === undefined) throw boardErrors.unknownCard();
    boardEvents(ctx).changed.room(board).emit(card);
    return card;
  }
}

// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import { report } from "../../activity/report.js";
import { type AddContext, type AddReply, type AddRequest, addOptions, boardEvents } from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** Adds a card. */
export class AddCommand implements ICommand<AddRequest, AddReply, AddContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "add";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...addOptions];
  }

  async execute(ctx: AddContext<BoardState>, data: AddRequest): Promise<AddReply> {
    const { board } = ctx.params;
    const card = this.#store.addCard(board, data);
    boardEvents(ctx).changed.room(board).emit(card);
    report(ctx, this.#store, { board, by: ctx.state.name, text: `added ${card.title}` });
    return card;
  }
}

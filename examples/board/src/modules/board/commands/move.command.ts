// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import { report } from "../../activity/report.js";
import {
  boardErrors,
  boardEvents,
  type MoveContext,
  type MoveReply,
  type MoveRequest,
  moveOptions,
} from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** Moves a card, if nobody has changed it since. */
export class MoveCommand implements ICommand<MoveRequest, MoveReply, MoveContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "move";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...moveOptions];
  }

  async execute(ctx: MoveContext<BoardState>, data: MoveRequest): Promise<MoveReply> {
    const { board } = ctx.params;
    const card = this.#store.moveCard(board, data);
    if (card === undefined) {
      const current = this.#store.findCard(board, data.number);
      throw current === undefined ? boardErrors.unknownCard() : boardErrors.outdated({ current });
    }
    boardEvents(ctx).changed.room(board).emit(card);
    report(ctx, this.#store, { board, by: ctx.state.name, text: `moved ${card.title} to ${card.column}` });
    return card;
  }
}

// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import { type CardsContext, type CardsReply, type CardsRequest, cardsOptions } from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** All cards of the board, and what you may do with them. */
export class CardsCommand implements ICommand<CardsRequest, CardsReply, CardsContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "cards";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...cardsOptions];
  }

  async execute(ctx: CardsContext<BoardState>): Promise<CardsReply> {
    return { role: ctx.state.role, cards: this.#store.cards(ctx.params.board) };
  }
}

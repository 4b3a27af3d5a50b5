// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import {
  boardErrors,
  type InviteContext,
  type InviteReply,
  type InviteRequest,
  inviteOptions,
} from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** Adds a member, or gives a member another role. */
export class InviteCommand implements ICommand<InviteRequest, InviteReply, InviteContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "invite";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...inviteOptions];
  }

  async execute(ctx: InviteContext<BoardState>, member: InviteRequest): Promise<InviteReply> {
    if (!this.#store.setMember(ctx.params.board, member)) throw boardErrors.unknownUser();
    return {};
  }
}

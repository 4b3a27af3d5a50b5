// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import {
  boardConnections,
  type PeopleContext,
  type PeopleReply,
  type PeopleRequest,
  peopleOptions,
} from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** The members who look at the board now. */
export class PeopleCommand implements ICommand<PeopleRequest, PeopleReply, PeopleContext<BoardState>> {
  getCommand(): string {
    return "people";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...peopleOptions];
  }

  async execute(ctx: PeopleContext<BoardState>): Promise<PeopleReply> {
    const members = await boardConnections(ctx).room(ctx.params.board).members();
    return { people: members.map(({ state }) => state) };
  }
}

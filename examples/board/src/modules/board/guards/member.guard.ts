// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { Role } from "../../../schemas.gen.js";
import { type BoardCommandContext, boardErrors } from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** Lets in who is a member now, with the role of now: it may have changed since the handshake. */
export async function member({ params, state }: BoardCommandContext<BoardState>): Promise<{ role: Role }> {
  const role = state.store.findRole(params.board, state.name);
  if (role === undefined) throw boardErrors.noMember();
  return { role };
}

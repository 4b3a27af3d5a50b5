// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type BoardCommandContext, boardErrors } from "../board.gen.js";
import type { BoardState } from "../board.module.js";
import { member } from "./member.guard.js";

export async function owner(ctx: BoardCommandContext<BoardState>): Promise<boolean> {
  const { role } = await member(ctx);
  if (role !== "owner") throw boardErrors.notAllowed({ needed: "owner" });
  return true;
}

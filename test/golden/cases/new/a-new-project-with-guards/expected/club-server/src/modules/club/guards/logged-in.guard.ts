// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { NotImplementedError } from "wsgen-runtime";
import type { ClubCommandContext } from "../club.gen.js";
import type { ClubState } from "../club.module.js";

/** True lets a message in, and so does an object, whose members `ctx.state` then has. False or an error refuses it. */
export async function loggedIn(_ctx: ClubCommandContext<ClubState>, _data: unknown): Promise<boolean> {
  throw new NotImplementedError("loggedIn", "guard");
}

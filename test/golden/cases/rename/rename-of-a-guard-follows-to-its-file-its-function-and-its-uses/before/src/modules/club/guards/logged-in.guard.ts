import type { ClubCommandContext } from "../club.gen.js";

/** loggedIn: whoever has a user. */
export const loggedIn = (ctx: ClubCommandContext, _data: unknown): boolean => ctx.state.user !== undefined;

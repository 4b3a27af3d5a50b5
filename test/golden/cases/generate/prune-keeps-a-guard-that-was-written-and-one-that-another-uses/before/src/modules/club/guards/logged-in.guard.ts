import type { ClubCommandContext } from "../club.gen.js";

export const loggedIn = (ctx: ClubCommandContext): boolean => ctx.state.user !== undefined;

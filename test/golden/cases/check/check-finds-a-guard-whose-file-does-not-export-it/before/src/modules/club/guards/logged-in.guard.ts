import type { ClubCommandContext } from "../club.gen.js";

export const isLoggedIn = (ctx: ClubCommandContext): boolean => ctx.state.user !== undefined;

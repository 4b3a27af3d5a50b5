import type { ClubCommandContext } from "../club.gen.js";

export const fromOffice = (ctx: ClubCommandContext): boolean => ctx.remoteAddress === "10.0.0.1";

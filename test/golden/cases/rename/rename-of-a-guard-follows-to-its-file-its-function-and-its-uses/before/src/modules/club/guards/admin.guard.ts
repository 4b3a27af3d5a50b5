import type { ClubCommandContext } from "../club.gen.js";
import { loggedIn } from "./logged-in.guard.js";

export const admin = (ctx: ClubCommandContext, data: unknown): boolean => loggedIn(ctx, data) && ctx.id === "loggedIn";

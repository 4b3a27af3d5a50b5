import type { ClubCommandContext } from "../club.gen.js";
import { loggedIn } from "./logged-in.guard.js";

export const admin = (ctx: ClubCommandContext): boolean => loggedIn(ctx) && ctx.rooms.has("admins");

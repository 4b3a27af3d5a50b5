import { loggedIn } from "./logged-in.guard.js";
import { loggedIn as original } from "../../../guards/logged-in.js";

export const admin = (): boolean => loggedIn() && original();

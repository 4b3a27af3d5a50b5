import type { User } from "../../../schemas.gen.js";

export const loggedIn = (): { user: User } => ({ user: { name: "Ann", id: 1 } });

export { loggedIn } from "../../../guards/logged-in.js";

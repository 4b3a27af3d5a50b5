export { isAdmin as admin } from "../../../admin.js";

export { HistoryCommand } from "./history.command.js";
export * from "./ping.command.js";
import { SayCommand } from "./say.command.js";

export { SayCommand };

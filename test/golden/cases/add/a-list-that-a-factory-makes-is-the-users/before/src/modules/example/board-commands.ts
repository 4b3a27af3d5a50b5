import type { ICommand } from "wsgen-runtime";
import { PingCommand } from "./commands/ping.command.js";

export const boardCommands = (): ICommand[] => [new PingCommand()];

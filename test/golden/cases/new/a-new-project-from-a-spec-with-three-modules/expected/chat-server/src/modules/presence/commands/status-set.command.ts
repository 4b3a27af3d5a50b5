// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { statusSetOptions, type StatusSetReply, type StatusSetRequest } from "../presence.gen.js";

/** Tell the others what one is doing. */
export class StatusSetCommand implements ICommand<StatusSetRequest, StatusSetReply> {
  getCommand(): string {
    return "status.set";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statusSetOptions];
  }

  async execute(_ctx: CommandContext, _data: StatusSetRequest): Promise<StatusSetReply> {
    throw new NotImplementedError("status.set");
  }
}

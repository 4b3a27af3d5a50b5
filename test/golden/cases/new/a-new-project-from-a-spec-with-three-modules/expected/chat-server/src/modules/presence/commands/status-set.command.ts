// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type PresenceCommandContext, statusSetOptions, type StatusSetReply, type StatusSetRequest } from "../presence.gen.js";

/** Tell the others what one is doing. */
export class StatusSetCommand implements ICommand<StatusSetRequest, StatusSetReply, PresenceCommandContext> {
  getCommand(): string {
    return "status.set";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statusSetOptions];
  }

  async execute(_ctx: PresenceCommandContext, _data: StatusSetRequest): Promise<StatusSetReply> {
    throw new NotImplementedError("status.set");
  }
}

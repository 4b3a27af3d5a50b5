// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import {
  type PresenceCommandContext,
  presenceEvents,
  type StatusSetReply,
  type StatusSetRequest,
  statusSetOptions,
} from "../presence.gen.js";
import { everybody, type PresenceState } from "../presence.module.js";

/** Tell the others what one is doing. */
export class StatusSetCommand
  implements ICommand<StatusSetRequest, StatusSetReply, PresenceCommandContext<PresenceState>>
{
  getCommand(): string {
    return "status.set";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statusSetOptions];
  }

  async execute(
    ctx: PresenceCommandContext<PresenceState>,
    { status }: StatusSetRequest,
  ): Promise<StatusSetReply> {
    const { state } = ctx;
    state.status = status;
    presenceEvents(ctx).statusChanged.room(everybody).except(ctx).emit({ name: state.name, status });
    return undefined;
  }
}

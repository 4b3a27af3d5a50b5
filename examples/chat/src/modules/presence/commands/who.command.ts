// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import {
  type PresenceCommandContext,
  presenceConnections,
  type WhoReply,
  type WhoRequest,
  whoOptions,
} from "../presence.gen.js";
import { everybody, type PresenceState } from "../presence.module.js";

/** Everybody who is here. */
export class WhoCommand implements ICommand<WhoRequest, WhoReply, PresenceCommandContext<PresenceState>> {
  getCommand(): string {
    return "who";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...whoOptions];
  }

  async execute(ctx: PresenceCommandContext<PresenceState>): Promise<WhoReply> {
    const members = await presenceConnections(ctx).room(everybody).members();
    return { people: members.map(({ state }) => state) };
  }
}

import type { WSContext } from "../contract.js";
import { type Check, fields, matching, optional, text } from "./checks.js";

/** What the other clients in a room see of a connection. */
export interface PresenceRules {
  /**
   * Returns the public state of a connection that is open. Called when the state is needed, not before: for each member that
   * `members()` lists, and for each join and leave that another client in the room gets. It must be synchronous. If it
   * throws, the error is logged, and the connection is left out.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a module chooses the types of its context
  readonly state: (ctx: WSContext<any>) => unknown;
  /** The event for the other members of a room when a connection has entered it. Default: none. */
  readonly join?: string | undefined;
  /** The event for the other members of a room when a connection has left it or has ended. Default: none. */
  readonly leave?: string | undefined;
}

const eventName = optional(text("the name of an event"));

export const presenceRules: Check = fields({
  state: matching("a function that returns the public state", (value) => typeof value === "function"),
  join: eventName,
  leave: eventName,
});

import type { CommandConfig } from "../config/module-types.js";
import type { ConnectionContext } from "../connection/context.js";
import type { ICommand } from "../contract.js";
import type { Payload } from "../protocol/codec.js";

/** A registered command with its checked options. */
export interface CommandEntry {
  readonly command: ICommand;
  readonly config: CommandConfig;
}

/** Where messages come from and replies go to; knows what a connection must do, not what it is. */
export interface DispatchTarget {
  readonly context: ConnectionContext;
  /** False: the client is gone. */
  transmit(payload: Payload): boolean;
  close(code: number, reason: string): void;
  /**
   * A batch is being answered: what else is sent waits until `release`, or until too much of it does or the connection
   * closes. Before it goes what `takeReplies` gives.
   */
  hold(takeReplies: () => readonly Payload[]): { release(): void };
  /** Does this message say where the client stands in streams of events, and may it come now? */
  isResumeFrame(message: unknown): boolean;
  /** Takes such a message. */
  resume(message: unknown): void;
  /** May one more command of this client run now? */
  takeToken(): boolean;
}

/** Where the replies to one frame go. */
export type ReplyTo = Pick<DispatchTarget, "transmit" | "close">;

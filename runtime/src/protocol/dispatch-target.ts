import type { CommandConfig } from "../config/module-types.js";
import type { ICommand, WSContext } from "../contract.js";
import type { Payload } from "./codec.js";

/** A registered command with its checked options. */
export interface CommandEntry {
  readonly command: ICommand;
  readonly config: CommandConfig;
}

/** Where messages come from and replies go to; knows what a connection must do, not what it is. */
export interface DispatchTarget {
  readonly context: WSContext;
  /** False: the client is gone. */
  transmit(payload: Payload): boolean;
  close(code: number, reason: string): void;
  /** Takes a message that tells where the client stands in streams of events. False: it is none. */
  resume(message: unknown): boolean;
  /** May one more command of this client run now? */
  takeToken(): boolean;
}

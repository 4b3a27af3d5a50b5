import type { Location } from "../diagnostics/diagnostic.js";
import type { ContractCode } from "./contract-codes.js";

/** One difference between the contract of an old spec and that of a new one. */
export interface ContractChange {
  /** Whether a client that was written for the old spec can fail with the new one. */
  readonly breaking: boolean;
  readonly code: ContractCode;
  /** What changed: `chat`, `chat.say`, `chat.say request /text`, `chat config maxMessageSize`. */
  readonly where: string;
  /** What was, what is, and whom it breaks. */
  readonly message: string;
  /** In the new spec; of what is gone, in the old one. */
  readonly at: Location;
}

/** How two contracts are compared. */
export interface DiffOptions {
  /**
   * Counts fields that a request's schema does not name, too: clients may have sent any. Then an optional field that
   * is added breaks those that sent something else by its name. Default: no.
   */
  readonly isStrict?: boolean;
}

/** A name of the spec within a message. */
export const quoted = (name: string): string => `\`${name}\``;

import { type ConnectionContext, SharedContext } from "../context.js";
import type { CommandContext } from "../contract.js";

/** What a command's message says of it. */
export interface RunningCall {
  /** The name that it selects; "": none. */
  readonly command: string;
  readonly correlationId: unknown;
}

/** One running command: its connection's context, and what belongs to this execution alone. */
export class RunningCommand extends SharedContext implements CommandContext {
  readonly connection: ConnectionContext;
  readonly command: string;
  readonly correlationId: unknown;
  #isLimited = false;
  #timeUp: AbortController | undefined;
  #signal: AbortSignal | undefined;

  constructor(connection: ConnectionContext, { command, correlationId }: RunningCall) {
    super(connection);
    this.connection = connection;
    this.command = command;
    this.correlationId = correlationId;
  }

  /** The connection's, and where the command has a time limit one that ends with that too. */
  override get signal(): AbortSignal {
    if (!this.#isLimited) return super.signal;
    this.#timeUp ??= new AbortController();
    this.#signal ??= AbortSignal.any([super.signal, this.#timeUp.signal]);
    return this.#signal;
  }

  /** Called before the command runs, where it has a time limit. */
  limitTime(): void {
    this.#isLimited = true;
  }

  /** The time is up. */
  abort(reason: Error): void {
    this.#timeUp ??= new AbortController();
    this.#timeUp.abort(reason);
  }
}

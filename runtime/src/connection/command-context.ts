import { getEventListeners } from "node:events";
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
  #own: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(connection: ConnectionContext, { command, correlationId }: RunningCall) {
    super(connection);
    this.connection = connection;
    this.command = command;
    this.correlationId = correlationId;
  }

  /** The connection's, and where the command has a time limit one that ends with that too. */
  override get signal(): AbortSignal {
    if (!this.#isLimited) return super.signal;
    if (this.#own === undefined) {
      this.#own = new AbortController();
      this.#release = follow(super.signal, this.#own);
    }
    return this.#own.signal;
  }

  /** Called before the command runs, where it has a time limit. */
  limitTime(): void {
    this.#isLimited = true;
  }

  /** The time is up. */
  abort(reason: Error): void {
    this.#own ??= new AbortController();
    this.#own.abort(reason);
  }

  /** The command has returned, or its time is up. */
  finished(): void {
    this.#release?.();
  }
}

/**
 * Aborts a controller with its connection, until it is released; then, if nobody listens, only for as long as somebody
 * holds its signal, for one connection may run any number of commands. (`AbortSignal.any` keeps 58 bytes for each in Node 20.)
 */
function follow(parent: AbortSignal, controller: AbortController): () => void {
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener("abort", abort, { once: true });
  return () => {
    if (parent.aborted) return;
    const { signal } = controller;
    if (!signal.aborted && getEventListeners(signal, "abort").length > 0) return;
    parent.removeEventListener("abort", abort);
    if (!signal.aborted) followWeakly(parent, controller);
  };
}

/** By the signal of a connection. */
const followers = new WeakMap<AbortSignal, Set<WeakRef<AbortController>>>();
/** Whoever holds a signal holds its controller. */
const controllers = new WeakMap<AbortSignal, AbortController>();
const collected = new FinalizationRegistry<() => void>((forget) => forget());

function followWeakly(parent: AbortSignal, controller: AbortController): void {
  let known = followers.get(parent);
  if (known === undefined) {
    const all = new Set<WeakRef<AbortController>>();
    parent.addEventListener("abort", () => {
      for (const each of all) each.deref()?.abort(parent.reason);
    });
    followers.set(parent, all);
    known = all;
  }
  const [all, reference] = [known, new WeakRef(controller)];
  all.add(reference);
  controllers.set(controller.signal, controller);
  collected.register(controller, () => all.delete(reference));
}

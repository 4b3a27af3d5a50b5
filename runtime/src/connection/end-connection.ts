import { setImmediate as nextTurn } from "node:timers/promises";
import { contain, type Entry, isPromise, report, throwReturned } from "../boundary.js";
import type { Awaitable } from "../contract.js";
import type { ConnectionContext } from "./context.js";
import type { InboundQueue } from "./inbound-queue.js";
import type { ModuleRuntime } from "./module-runtime.js";

/** An ended connection. */
interface Ended {
  readonly id: string;
  readonly module: ModuleRuntime;
  readonly context: ConnectionContext;
  /** Pending while the manager stores it. */
  readonly stored: Promise<void> | undefined;
  /** RFC 6455 §7.4.1. 1005: the close frame had no code. 1006: no close frame. */
  readonly code: number;
  readonly reason: string;
}

/**
 * Runs the steps after the end of a connection, once. First the running commands finish, with their signal aborted, so
 * that no command starts after `disconnect`. Then `close` and `disconnect` run, and the manager removes the connection. Each
 * step has a time limit of `writeWait`, which the deadline of a shutdown shortens, also for a step that has begun. A step
 * that fails or hangs does not stop the next.
 * @returns undefined if there was nothing to wait for
 */
export function endConnection(ended: Ended, inbound: InboundQueue | undefined): Promise<void> | undefined {
  const { module, context, stored, id, code, reason } = ended;
  const { implementation, registry, config } = module;
  const { manager } = registry;
  const finish = () => {
    inbound?.clear();
    module.log.debug({ connection: id, code, reason }, "disconnected");
    return runInOrder(ended, [
      ["close", () => implementation.close(context, code, reason)],
      ["disconnect", () => implementation.disconnect(context)],
      [
        "connectionManager",
        () => (stored === undefined ? manager?.remove(id) : stored.then(() => manager?.remove(id))),
      ],
    ]);
  };
  if (inbound === undefined || inbound.isIdle) return finish();
  return module.endings.waitFor(inbound.idle(), config.writeWait * 1_000).then(finish);
}

type Step = readonly [entry: Entry, run: () => unknown];

/** Runs steps one after the other, without a promise if all are synchronous. */
function runInOrder(ended: Ended, steps: readonly Step[]): Promise<void> | undefined {
  for (const [index, step] of steps.entries()) {
    const running = attempt(ended, step);
    if (isPromise(running)) return running.then(() => runInOrder(ended, steps.slice(index + 1)));
  }
  return undefined;
}

/** The promise never rejects, and settles within `writeWait`. */
function attempt({ id, module }: Ended, [entry, run]: Step): Awaitable<void> {
  const place = { entry, log: module.log, connection: id };
  const running = contain<void>(place, () => throwReturned(run()));
  if (!isPromise(running)) return undefined;
  const limitMs = module.config.writeWait * 1_000;
  return module.endings.waitFor(running, limitMs).then((isDone) => {
    if (!isDone)
      report(
        place,
        new Error(
          `It did not settle within ${limitMs} ms, or the shutdown does not wait. The next step runs.`,
        ),
      );
  });
}

/** The number of connections that are closed in one turn of the event loop. Other work runs between the turns. */
const batchSize = 500;

/** Runs a function for many connections. */
export async function runInBatches<Item>(items: readonly Item[], run: (item: Item) => void): Promise<void> {
  for (let start = 0; start < items.length; start += batchSize) {
    for (const item of items.slice(start, start + batchSize)) run(item);
    await nextTurn();
  }
}

/** Time limit of each part after `shortenWaits`. */
const shortenedMs = 100;

/** Background work that a shutdown waits for. Ignores rejections: the creator of a promise handles them. */
export class PendingWork {
  readonly #promises = new Set<Promise<unknown>>();
  readonly #waits = new Set<() => void>();
  #isShortened = false;

  add(promise: Promise<unknown>): void {
    const settled = promise
      .catch(() => undefined)
      .then(() => {
        this.#promises.delete(settled);
      });
    this.#promises.add(settled);
  }

  /** Resolves when nothing is pending, including work added meanwhile. */
  async settled(): Promise<void> {
    while (this.#promises.size > 0) await Promise.all(this.#promises);
  }

  /** Ends all waits in `waitFor`. Later waits take at most 100 ms. */
  shortenWaits(): void {
    this.#isShortened = true;
    for (const stopWaiting of this.#waits) stopWaiting();
  }

  /** Waits for a part of the work, up to the time limit or until `shortenWaits`. @returns false if the part is not done */
  async waitFor(part: Promise<unknown>, limitMs: number): Promise<boolean> {
    let stopWaiting = () => {};
    const stopped = new Promise<false>((resolve) => {
      stopWaiting = () => resolve(false);
    });
    const timer = setTimeout(stopWaiting, this.#isShortened ? Math.min(limitMs, shortenedMs) : limitMs);
    this.#waits.add(stopWaiting);
    const isDone = await Promise.race([part.then(() => true as const), stopped]);
    this.#waits.delete(stopWaiting);
    clearTimeout(timer);
    return isDone;
  }
}

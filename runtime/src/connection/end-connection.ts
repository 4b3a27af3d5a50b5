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
    if (isDone) return;
    const limit = module.endings.isShortened ? "before the shutdown stopped waiting" : `within ${limitMs} ms`;
    report(place, new Error(`${entry} did not settle ${limit}. The next step runs.`));
  });
}

import { isPromise } from "../boundary.js";
import type { ConnectionContext } from "../context.js";
import type { InboundQueue } from "./inbound-queue.js";
import type { ModuleRuntime } from "./module-runtime.js";
import { within } from "./time-limit.js";

/** What the hooks of an ended connection are told. */
export interface Ending {
  /** RFC 6455 §7.4.1; 1005: the close frame bore no code, 1006: there was none. */
  readonly code: number;
  readonly reason: string;
}

interface Ended {
  readonly id: string;
  readonly module: ModuleRuntime;
  readonly context: ConnectionContext;
  /** The manager is still storing it. */
  readonly stored: Promise<void> | undefined;
}

/**
 * What happens once when a connection has ended: the commands that it sent run to their end (for the time of
 * `writeWait` at most, and their signal is aborted), so that none starts after `disconnect`; then `close` and
 * `disconnect`, and the manager forgets it. An error in one step is logged and stops none of the others. Undefined:
 * nothing of that took time.
 */
export function endConnection(
  ended: Ended,
  inbound: InboundQueue | undefined,
  ending: Ending,
): Promise<void> | undefined {
  const { module, context, stored, id } = ended;
  const { implementation, manager, config } = module;
  const finish = () => {
    inbound?.clear();
    module.log.debug({ connection: id, code: ending.code, reason: ending.reason }, "disconnected");
    return runInOrder(context, [
      ["close", () => implementation.close(context, ending.code, ending.reason)],
      ["disconnect", () => implementation.disconnect(context)],
      [
        "connection manager",
        () => (stored === undefined ? manager?.remove(id) : stored.then(() => manager?.remove(id))),
      ],
    ]);
  };
  if (inbound === undefined || inbound.isIdle) return finish();
  return within(config.writeWait * 1_000, inbound.idle()).then(finish);
}

type Step = readonly [name: string, run: () => unknown];

/** Runs steps one after the other, without a promise as long as none of them needs one. */
function runInOrder(context: ConnectionContext, steps: readonly Step[]): Promise<void> | undefined {
  for (const [index, step] of steps.entries()) {
    const running = attempt(context, step);
    if (running !== undefined) return running.then(() => runInOrder(context, steps.slice(index + 1)));
  }
  return undefined;
}

/** The promise never rejects. */
function attempt(context: ConnectionContext, [step, run]: Step): Promise<void> | undefined {
  const report = (err: unknown) => context.log.error({ err, step }, "error while ending a connection");
  const check = (result: unknown) => {
    if (result instanceof Error) report(result);
  };
  try {
    const result = run();
    if (isPromise(result)) return result.then(check, report);
    check(result);
  } catch (error) {
    report(error);
  }
  return undefined;
}

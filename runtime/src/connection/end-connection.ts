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
 * `disconnect`, and the manager forgets it. An error in one step is logged and stops none of the others.
 */
export async function endConnection(ended: Ended, inbound: InboundQueue, ending: Ending): Promise<void> {
  const { module, context } = ended;
  const attempt = async (step: string, run: () => unknown): Promise<void> => {
    try {
      const result = await run();
      if (result instanceof Error) throw result;
    } catch (error) {
      context.log.error({ err: error, step }, "error while ending a connection");
    }
  };
  if (!inbound.isIdle) await within(module.config.writeWait * 1_000, inbound.idle());
  inbound.clear();
  module.log.debug({ connection: ended.id, code: ending.code, reason: ending.reason }, "disconnected");
  await attempt("close", () => module.implementation.close(context, ending.code, ending.reason));
  await attempt("disconnect", () => module.implementation.disconnect(context));
  await attempt("connection manager", async () => {
    await ended.stored;
    await module.manager?.remove(ended.id);
  });
}

import { ConnectionLimits } from "../connection/connection-limits.js";
import type { ConnectionManager } from "../connection/connection-manager.js";
import { newCounters } from "../connection/counters.js";
import type { LivenessClock } from "../connection/liveness-clock.js";
import { MemoryConnectionManager } from "../connection/memory-connection-manager.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { PendingWork } from "../connection/pending-work.js";
import type { Logger } from "../contract.js";
import { createEnvelope } from "../protocol/create-envelope.js";
import { Dispatcher } from "../protocol/dispatch.js";
import { ConnectionIndex } from "../push/connection-index.js";
import { IndexedPush } from "../push/module-push.js";
import type { CheckedModule } from "./check-modules.js";

/** Makes what the connections of a module share. */
export function startModule(checked: CheckedModule, log: Logger, clock: LivenessClock): ModuleRuntime {
  const { flag, implementation, config, commands } = checked;
  const envelope = createEnvelope(config.envelope, { maxJsonDepth: config.maxJsonDepth });
  const isRaw = config.rawHandler !== undefined;
  const encodeMessage = (message: unknown) =>
    isRaw && typeof message === "string" ? message : envelope.encodeMessage(message);
  const encodeEvent = (name: string, data: unknown) => envelope.encodeEvent(name, data);
  const index = new ConnectionIndex();
  const counters = newCounters();
  const { mode, hooks, rawHandler, inboundQueue } = config;
  return {
    flag,
    implementation,
    config,
    log,
    envelope,
    encodeMessage,
    index,
    counters,
    clock,
    push: new IndexedPush(index, { encodeMessage, encodeEvent }),
    dispatcher: new Dispatcher({ mode, log, envelope, commands, hooks, rawHandler, counters }),
    manager: config.storeConnection ? chooseManager(config.connectionManager) : undefined,
    outboxRules: { maxWaitingBytes: config.maxMessageBufferSize, policy: config.slowConsumer },
    inboundLimits: {
      concurrency: config.commandConcurrency,
      maxFrames: inboundQueue.frames,
      maxBytes: inboundQueue.bytes,
    },
    limits: new ConnectionLimits(config),
    endings: new PendingWork(),
  };
}

/** The option is checked to have the manager's methods. */
const chooseManager = (manager: object | undefined): ConnectionManager =>
  (manager as ConnectionManager | undefined) ?? new MemoryConnectionManager();

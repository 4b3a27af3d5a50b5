import type { ClusterMember } from "../cluster/member.js";
import { ClusterModule } from "../cluster/module.js";
import { ClusterStreams } from "../cluster/streams.js";
import type { LivenessClock } from "../connection/heartbeat.js";
import { ConnectionLimits } from "../connection/limits.js";
import { type ModuleRuntime, newCounters } from "../connection/module-runtime.js";
import type { Observers } from "../connection/observers.js";
import { PendingWork } from "../connection/pending-work.js";
import { ConnectionRegistry, MemoryConnectionManager } from "../connection/registry.js";
import type { Logger } from "../contract.js";
import { Dispatcher } from "../dispatch/dispatch.js";
import { ConfigurationError, Mode, reasonOf, titleOf } from "../errors.js";
import { RefusalLog } from "../logging/refusal-log.js";
import { createEnvelope } from "../protocol/create-envelope.js";
import type { Envelope } from "../protocol/envelope.js";
import { KnownFieldPicker } from "../protocol/pick-fields.js";
import { RegistryPush } from "../push/audience.js";
import { EventWriter } from "../push/event-writer.js";
import { Presence, type ReadState } from "../push/presence.js";
import type { ModuleDirectory } from "../push/server-modules.js";
import { MemoryReplayStore } from "../replay/memory-replay-store.js";
import { Replayer } from "../replay/replayer.js";
import type { CheckedModule } from "./check-modules.js";

/** What the modules of a server share. */
interface ServerParts {
  readonly clock: LivenessClock;
  readonly directory: ModuleDirectory;
  readonly observers: Observers;
  /** Undefined without a cluster. */
  readonly member: ClusterMember | undefined;
}

/** Creates the shared state of a module's connections. */
export function startModule(
  checked: CheckedModule,
  log: Logger,
  { clock, directory, observers, member }: ServerParts,
): ModuleRuntime {
  const { flag, implementation, config, commands } = checked;
  const envelope = openEnvelope(checked);
  const isRaw = config.rawHandler !== undefined;
  const encodeMessage = (message: unknown) =>
    isRaw && typeof message === "string" ? message : envelope.encodeMessage(message);
  const store = config.replayStore ?? new MemoryReplayStore();
  const counters = newCounters();
  const streams =
    member &&
    new ClusterStreams({
      ...{ flag, log, member, envelope, rules: config.events, registry: () => registry },
      ...{ events: () => events, replayer: () => replayer },
    });
  const replayer: Replayer = new Replayer({
    ...{ flag, log, counters, observers, encodeMessage },
    ...{ events: config.events, store, shared: streams },
  });
  const isDebug = config.mode === Mode.debug;
  const picker = config.replyFields === "known" ? new KnownFieldPicker(isDebug ? log : undefined) : undefined;
  const shared = { log, envelope, picker, replayer };
  const events = new EventWriter({ ...shared, rules: config.events, checks: isDebug });
  const manager = config.storeConnection
    ? (config.connectionManager ?? new MemoryConnectionManager())
    : undefined;
  const registry: ConnectionRegistry = new ConnectionRegistry({ watcher: replayer, clock, manager });
  const readState: ReadState = (connection) => (presence ? presence.read(connection) : { value: undefined });
  const cluster =
    streams &&
    new ClusterModule({
      ...{ flag, log, envelope, encodeMessage, member, streams, registry, events, readState },
    });
  registry.groups = cluster;
  const { prepare: prepareEvent } = events;
  const pushing = { flag, observers, prepareEvent, cluster };
  const presence = config.presence && new Presence({ rules: config.presence, registry, log, ...pushing });
  registry.presence = presence;
  const push = new RegistryPush(directory, registry, { ...pushing, encodeMessage, readState });
  directory.add(flag, implementation, push);
  const { mode, hooks, guards, rawHandler, inboundQueue, executeTimeout } = config;
  return {
    flag,
    implementation,
    config,
    log,
    envelope,
    encodeMessage,
    prepareEvent,
    registry,
    picker,
    counters,
    observers,
    push,
    cluster,
    dispatcher: new Dispatcher({
      ...shared,
      ...{ commands, counters, observers, mode, hooks, guards, rawHandler, executeTimeout },
    }),
    outboxRules: { maxWaitingBytes: config.maxMessageBufferSize, policy: config.slowConsumer },
    inboundLimits: {
      concurrency: config.commandConcurrency,
      maxFrames: inboundQueue.frames,
      maxBytes: inboundQueue.bytes,
    },
    limits: new ConnectionLimits(config),
    refusals: new RefusalLog(log),
    endings: new PendingWork(),
  };
}

/** @throws ConfigurationError that names the module if its codec cannot be loaded */
function openEnvelope({ flag, config }: CheckedModule): Envelope {
  try {
    return createEnvelope(config.envelope, { maxJsonDepth: config.maxJsonDepth });
  } catch (cause) {
    throw new ConfigurationError(`${titleOf(flag)}: envelope: ${reasonOf(cause)}`, {
      code: cause instanceof ConfigurationError ? cause.code : undefined,
      cause,
    });
  }
}

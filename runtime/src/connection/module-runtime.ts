import type { ModuleConfig } from "../config/module-types.js";
import type { ConnectionManager } from "../config/stores.js";
import type { IWebsocket, Logger, ModulePush } from "../contract.js";
import type { Dispatcher } from "../dispatch/dispatch.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import type { Payload } from "../protocol/codec.js";
import type { Envelope } from "../protocol/envelope.js";
import type { EventOptions } from "../push/event-writer.js";
import type { Replayer } from "../replay/replayer.js";
import type { PendingWork } from "./end-connection.js";
import type { LivenessClock } from "./heartbeat.js";
import type { InboundLimits } from "./inbound-queue.js";
import type { ConnectionLimits } from "./limits.js";
import type { OutboxRules } from "./outbox.js";
import type { PreparedMessage } from "./prepared-message.js";
import type { ConnectionIndex } from "./registry.js";

/** A started module: what its connections share. */
export interface ModuleRuntime {
  readonly flag: string;
  readonly implementation: IWebsocket;
  readonly config: ModuleConfig;
  readonly log: Logger;
  readonly envelope: Envelope;
  readonly dispatcher: Dispatcher;
  readonly index: ConnectionIndex;
  readonly push: ModulePush;
  readonly replayer: Replayer;
  /** Undefined: connections are not stored. */
  readonly manager: ConnectionManager | undefined;
  readonly counters: ModuleCounters;
  readonly clock: LivenessClock;
  readonly outboxRules: OutboxRules;
  readonly inboundLimits: InboundLimits;
  readonly limits: ConnectionLimits;
  readonly refusals: RefusalLog;
  /** The hooks of ended connections that still run. */
  readonly endings: PendingWork;
  /** A message of the user's own as it goes out; a raw module sends strings as they are. */
  encodeMessage(message: unknown): Payload;
  /** An event by the module's rules; undefined: nothing is to be sent, or it does not fit. */
  prepareEvent(name: string, data: unknown, options?: EventOptions): PreparedMessage | undefined;
}

/** What happened in a module since its start. */
export interface ModuleCounters {
  /** Handshakes that were answered with 101. */
  accepted: number;
  refused: number;
  messagesIn: number;
  /** Messages that were handed to a connection; a broadcast counts once for each receiver. */
  messagesOut: number;
  commands: number;
  /** Commands that were answered with an error. */
  commandErrors: number;
  /** Connections that were closed because their client did not read. */
  slowConsumers: number;
  /** Messages that the policy for slow consumers made disappear. */
  messagesDropped: number;
  /** Connections that were dropped because no sign of life, or no progress of a write, came in time. */
  timedOut: number;
}

export const newCounters = (): ModuleCounters => ({
  accepted: 0,
  refused: 0,
  messagesIn: 0,
  messagesOut: 0,
  commands: 0,
  commandErrors: 0,
  slowConsumers: 0,
  messagesDropped: 0,
  timedOut: 0,
});

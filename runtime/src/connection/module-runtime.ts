import type { ModuleConfig } from "../config/module-types.js";
import type { IWebsocket, Logger, ModulePush } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import type { Payload } from "../protocol/codec.js";
import type { Envelope } from "../protocol/envelope.js";
import type { Connection } from "./connection.js";
import type { PendingWork } from "./end-connection.js";
import type { PreparedMessage } from "./frame.js";
import type { InboundFrame, InboundLimits } from "./inbound-queue.js";
import type { ConnectionLimits } from "./limits.js";
import type { OutboxRules } from "./outbox.js";
import type { ConnectionRegistry } from "./registry.js";

/** What answers the frames of a module's connections. */
interface FrameHandler {
  /** Handles one frame. Undefined: it is done. The promise never rejects. */
  handleFrame(connection: Connection, frame: InboundFrame): Promise<void> | undefined;
  /** Answers the probe of a client at once. False: it is another frame. */
  answerProbe(connection: Connection, frame: InboundFrame): boolean;
}

/** The stream of events that a push belongs to, by the name of its part; undefined: the pushes to all. */
export interface StreamOrigin {
  readonly stream: string | undefined;
}

/** How an event is sent. */
export interface EventOptions {
  readonly compress?: boolean | undefined;
  /** Undefined: the receivers were chosen one by one, so that the event has no place in a stream. */
  readonly origin?: StreamOrigin | undefined;
  /** Some of the stream are left out. */
  readonly hasExceptions?: boolean;
}

/** A started module: what its connections share. */
export interface ModuleRuntime {
  readonly flag: string;
  readonly implementation: IWebsocket;
  readonly config: ModuleConfig;
  readonly log: Logger;
  readonly envelope: Envelope;
  readonly dispatcher: FrameHandler;
  readonly registry: ConnectionRegistry;
  readonly push: ModulePush;
  readonly counters: ModuleCounters;
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

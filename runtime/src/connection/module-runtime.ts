import type { EntryPage, EntryQuery, FoundEntry } from "../config/cluster.js";
import type { ModuleConfig } from "../config/module-types.js";
import type { AnyModule, Logger, ModulePush } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import type { Payload } from "../protocol/codec.js";
import type { Envelope } from "../protocol/envelope.js";
import type { KnownFieldPicker } from "../protocol/pick-fields.js";
import type { Connection } from "./connection.js";
import type { PreparedMessage } from "./frame.js";
import type { InboundFrame, InboundLimits } from "./inbound-queue.js";
import type { ConnectionLimits } from "./limits.js";
import type { Observers } from "./observers.js";
import type { OutboxRules } from "./outbox.js";
import type { PendingWork } from "./pending-work.js";
import type { ConnectionRegistry } from "./registry.js";

/** Handles the frames of a module's connections. Implemented by the dispatcher, which is above this layer. */
interface FrameHandler {
  /** Handles one frame. @returns undefined if it is done; the promise never rejects */
  handleFrame(connection: Connection, frame: InboundFrame): Promise<void> | undefined;
  /** Answers the probe of a client at once. @returns false for any other frame */
  answerProbe(connection: Connection, frame: InboundFrame): boolean;
}

/** The stream of a push: the name of a room or a tag; undefined for a push to all. */
export interface StreamOrigin {
  readonly stream: string | undefined;
}

/** How an event is sent. */
export interface EventOptions {
  readonly compress?: boolean | undefined;
  /** Undefined for a push to single connections, which is not part of a stream. */
  readonly origin?: StreamOrigin | undefined;
  /** The span that the event is sent in. */
  readonly traceparent?: string | undefined;
  /** True if some receivers of the stream are excluded. */
  readonly hasExceptions?: boolean;
}

/** The connections of a module in all processes of a cluster. */
export interface ClusterDirectory {
  /** One page. Undefined: the engine cannot be reached. Never rejects. */
  list(query: Omit<EntryQuery, "module">): Promise<EntryPage | undefined>;
  /** The connection with this id, if there is one. Undefined: the engine cannot be reached. Never rejects. */
  find(id: string): Promise<readonly FoundEntry[] | undefined>;
}

/** A started module: the state that its connections share. */
export interface ModuleRuntime {
  readonly flag: string;
  readonly implementation: AnyModule;
  readonly config: ModuleConfig;
  readonly log: Logger;
  readonly envelope: Envelope;
  /** Undefined: replies, events and details of errors are sent whole. */
  readonly picker: KnownFieldPicker | undefined;
  readonly dispatcher: FrameHandler;
  readonly registry: ConnectionRegistry;
  readonly push: ModulePush;
  /** Undefined without a cluster. */
  readonly cluster: ClusterDirectory | undefined;
  readonly counters: ModuleCounters;
  /** Those of the whole server. */
  readonly observers: Observers;
  readonly outboxRules: OutboxRules;
  readonly inboundLimits: InboundLimits;
  readonly limits: ConnectionLimits;
  readonly refusals: RefusalLog;
  /** The running hooks of ended connections. */
  readonly endings: PendingWork;
  /** Encodes a message without the envelope. A raw module sends strings unchanged. */
  encodeMessage(message: unknown): Payload;
  /** Encodes an event by the module's rules. @returns undefined if nothing is sent, for example for invalid data */
  prepareEvent(name: string, data: unknown, options?: EventOptions): PreparedMessage | undefined;
}

/** The counters of a module since its start. */
export interface ModuleCounters {
  /** Handshakes that were answered with 101. */
  accepted: number;
  refused: number;
  messagesIn: number;
  /** Messages that were sent to a connection. A broadcast counts once for each receiver. */
  messagesOut: number;
  /** Bytes of the messages of clients, without the heads of their frames, after decompression. */
  bytesIn: number;
  /** Bytes of the messages that were sent, before compression. */
  bytesOut: number;
  commands: number;
  /** Commands that were answered with an error. */
  commandErrors: number;
  /** Connections that were closed because their client did not read. */
  slowConsumers: number;
  /** Messages that the policy for slow consumers dropped. */
  messagesDropped: number;
  /** Connections that were dropped because no byte arrived, or was accepted, in time. */
  timedOut: number;
  /** Clients that have come back and asked for the events that they missed. */
  resumes: number;
  /** Streams in which such a client has lost events. */
  gaps: number;
}

export const newCounters = (): ModuleCounters => ({
  accepted: 0,
  refused: 0,
  messagesIn: 0,
  messagesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  commands: 0,
  commandErrors: 0,
  slowConsumers: 0,
  messagesDropped: 0,
  timedOut: 0,
  resumes: 0,
  gaps: 0,
});

import type { ModuleConfig } from "../config/module-types.js";
import type { IWebsocket, Logger, ModulePush } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import type { Payload } from "../protocol/codec.js";
import type { Dispatcher } from "../protocol/dispatch.js";
import type { Envelope } from "../protocol/envelope.js";
import type { ConnectionIndex } from "../push/connection-index.js";
import type { EventOptions } from "../push/event-writer.js";
import type { Replayer } from "../replay/replayer.js";
import type { ConnectionLimits } from "./connection-limits.js";
import type { ConnectionManager } from "./connection-manager.js";
import type { ModuleCounters } from "./counters.js";
import type { InboundLimits } from "./inbound-queue.js";
import type { LivenessClock } from "./liveness-clock.js";
import type { OutboxRules } from "./outbox.js";
import type { PendingWork } from "./pending-work.js";
import type { PreparedMessage } from "./prepared-message.js";

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

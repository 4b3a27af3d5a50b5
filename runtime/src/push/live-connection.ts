import type { Timed } from "../connection/liveness-clock.js";
import type { PreparedMessage } from "../connection/prepared-message.js";
import type { WSContext } from "../contract.js";
import type { Resumption } from "../replay/resumption.js";

/** A connection as push and shutdown know it. */
export interface LiveConnection extends Timed {
  readonly id: string;
  readonly context: Pick<
    WSContext,
    "moduleFlag" | "route" | "params" | "remoteAddress" | "connectedAt" | "subprotocol"
  >;
  readonly isEnded: boolean;
  /** Undefined until the first `join`. */
  rooms: Set<string> | undefined;
  /** Undefined until the first `tag`. */
  tags: Set<string> | undefined;
  /** Undefined until the client says that it can resume. */
  resumption: Resumption | undefined;
  /** False: it is gone. */
  transmitPrepared(message: PreparedMessage): boolean;
  /** Starts the closing handshake. Default code: 1000. */
  close(code?: number, reason?: string): void;
  /** Resolves once every command that was accepted is done. The client is not read any more. */
  drain(): Promise<void>;
  /** Drops the connection without a closing handshake. */
  terminate(): void;
}

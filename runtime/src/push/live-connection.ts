import type { Timed } from "../connection/heartbeat.js";
import type { PreparedMessage } from "../connection/prepared-message.js";
import type { Resumption } from "../connection/resumption.js";
import type { WSContext } from "../contract.js";

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
  /** `isOwn`: the connection's own code sends it, not a push. False: it is gone. */
  transmitPrepared(message: PreparedMessage, isOwn?: boolean): boolean;
  /** Calls back once the client has taken all that was sent; never when it ends before. */
  whenDrained(callback: () => void): void;
  /** Starts the closing handshake. Default code: 1000. */
  close(code?: number, reason?: string): void;
  /** Resolves once every command that was accepted is done. The client is not read any more. */
  drain(): Promise<void>;
  /** Drops the connection without a closing handshake. */
  terminate(): void;
}

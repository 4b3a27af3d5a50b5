/// <reference lib="esnext.disposable" preserve="true" />
import type {
  AnyContract,
  ClientContract,
  CommandName,
  EventName,
  EventOf,
  ReplyOf,
  RequestArguments,
  RequestOf,
} from "./client-contract.js";
import type { ClientState, StateChange } from "./client-state.js";
import type { EventStream, EventStreamOptions } from "./event-stream.js";
import type { WaitLimits } from "./limited-wait.js";

/** A connection to one module of a server that reconnects by itself. Leaving its scope (`await using`) closes it. */
export interface Client<C extends ClientContract = AnyContract> extends AsyncDisposable {
  readonly state: ClientState;

  /**
   * Sends a command and resolves with the `data` of its reply. Without a connection it waits for one.
   * @throws ReplyError the server answered with an error
   * @throws ClientError `timed_out`, `aborted`, `closed`, `queue_full`, `connection_lost`
   * @throws TypeError the request cannot be written as JSON
   */
  request<Name extends CommandName<C>>(
    command: Name,
    ...args: RequestArguments<RequestOf<C, Name>>
  ): Promise<ReplyOf<C, Name>>;

  /** Calls the listener with each event of this name. @returns what ends that */
  on<Name extends EventName<C>>(event: Name, listener: (data: EventOf<C, Name>) => void): () => void;

  /**
   * Resolves with the next event of this name.
   * @throws ClientError `timed_out`, `aborted`, `closed`
   */
  once<Name extends EventName<C>>(event: Name, limits?: WaitLimits): Promise<EventOf<C, Name>>;

  /** The events of this name from now on, one by one, until the client is closed. */
  events<Name extends EventName<C>>(event: Name, options?: EventStreamOptions): EventStream<EventOf<C, Name>>;

  /**
   * Calls the listener with each change of state. Requests that it makes at `open` go out before those that waited:
   * the place to enter rooms again. @returns what ends that
   */
  onState(listener: (change: StateChange) => void): () => void;

  /** Makes the attempt to connect that is waited for now, at the browser's `online` event for instance. */
  retryNow(): void;

  /** Closes for good, with 1000: what is not answered is rejected with `closed`. Resolves when the socket is gone. */
  close(): Promise<void>;
}

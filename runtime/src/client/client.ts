/// <reference lib="esnext.disposable" preserve="true" />
import type { ClientState, StateChange } from "./client-state.js";
import type { EventStream, EventStreamOptions } from "./events.js";
import type { WaitLimits } from "./limited-wait.js";

/** A connection to one module of a server that reconnects automatically. `await using` closes it at the end of its scope. */
export interface Client<C extends ClientContract = AnyContract> extends AsyncDisposable {
  readonly state: ClientState;

  /**
   * Sends a command and resolves with the `data` of its reply. Waits for a connection first.
   * @throws ReplyError an error reply of the server
   * @throws ClientError `timed_out`, `aborted`, `closed`, `queue_full`, `connection_lost`
   * @throws TypeError the request cannot be encoded as JSON
   */
  request<Name extends CommandName<C>>(
    command: Name,
    ...args: RequestArguments<RequestOf<C, Name>>
  ): Promise<ReplyOf<C, Name>>;

  /** Calls the listener with each event of this name. @returns a function that removes the listener */
  on<Name extends EventName<C>>(event: Name, listener: (data: EventOf<C, Name>) => void): () => void;

  /**
   * Resolves with the next event of this name.
   * @throws ClientError `timed_out`, `aborted`, `closed`
   */
  once<Name extends EventName<C>>(event: Name, limits?: WaitLimits): Promise<EventOf<C, Name>>;

  /** Iterates over the events of this name from now on, until the client is closed. */
  events<Name extends EventName<C>>(event: Name, options?: EventStreamOptions): EventStream<EventOf<C, Name>>;

  /**
   * Calls the listener with each change of state. Requests that it makes at `open` are sent before the waiting ones: use it
   * to enter rooms again. @returns a function that removes the listener
   */
  onState(listener: (change: StateChange) => void): () => void;

  /** Makes the next attempt to connect now instead of after the delay, for example at the browser's `online` event. */
  retryNow(): void;

  /** Closes permanently, with 1000. Pending requests are rejected with `closed`. Resolves when the socket has closed. */
  close(): Promise<void>;
}

/**
 * The contract of a module: the type parameter of a client. It exists only for the compiler.
 *
 *     type ChatContract = {
 *       commands: { say: { request: SayRequest; reply: SayReply } };
 *       events: { message: Message };
 *     };
 */
export interface ClientContract {
  /** `{ request, reply }` by name on the wire. */
  readonly commands: object;
  /** The data of each event by name on the wire. */
  readonly events: object;
}

/** The default contract: any command with any fields, any event. */
export interface AnyContract extends ClientContract {
  readonly commands: Record<string, { request: Record<string, unknown>; reply: unknown }>;
  readonly events: Record<string, unknown>;
}

export type CommandName<C extends ClientContract> = keyof C["commands"] & string;
export type EventName<C extends ClientContract> = keyof C["events"] & string;

export type RequestOf<C extends ClientContract, Name extends CommandName<C>> = C["commands"][Name] extends {
  request: infer Request;
}
  ? Request
  : never;

export type ReplyOf<C extends ClientContract, Name extends CommandName<C>> = C["commands"][Name] extends {
  reply: infer Reply;
}
  ? Reply
  : never;

export type EventOf<C extends ClientContract, Name extends EventName<C>> = C["events"][Name];

/** The arguments of a request. The fields are optional if the command needs none. */
export type RequestArguments<Request> =
  Record<never, never> extends Request
    ? [fields?: Request, options?: RequestOptions]
    : [fields: Request, options?: RequestOptions];

/** The options of one request. */
export interface RequestOptions {
  /** Milliseconds from the call to the reply, with the wait for a connection; `Infinity`: no limit. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** Cancels the request. The server may still execute a request that was sent. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether executing it twice is safe. If the connection ends before the reply, the request is sent again on the next
   * connection instead of being rejected with `connection_lost`. Default: false.
   */
  readonly isIdempotent?: boolean | undefined;
}

/** Maps names in code to names on the wire. The names of the client's own members are not allowed. */
export type CommandNames<C extends ClientContract> = Readonly<Record<string, CommandName<C>>> & {
  readonly [Member in keyof Client<C>]?: never;
};

/** A client with a method for every command. */
export type CommandClient<C extends ClientContract, Names extends CommandNames<C>> = Client<C> & {
  readonly [Method in keyof Names]: (
    ...args: RequestArguments<RequestOf<C, Names[Method]>>
  ) => Promise<ReplyOf<C, Names[Method]>>;
};

/** Adds a method for every command to a client: `bindCommands(client, { userLogin: "user.login" })`. */
export function bindCommands<C extends ClientContract, const Names extends CommandNames<C>>(
  client: Client<C>,
  names: Names,
): CommandClient<C, Names> {
  const request = client.request as (command: string, ...args: unknown[]) => Promise<unknown>;
  const methods: Record<string, unknown> = {};
  for (const method in names)
    methods[method] = (...args: unknown[]) => request(names[method] as string, ...args);
  return Object.assign(client, methods) as CommandClient<C, Names>;
}

import type { ClientState, StateChange } from "./client-state.js";
import type { EventStream, EventStreamOptions } from "./events.js";
import type { WaitLimits } from "./limited-wait.js";

/// <reference lib="esnext.disposable" preserve="true" />

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

/**
 * What a module offers to its clients: the type that types a client. It exists for the compiler alone.
 *
 *     type ChatContract = {
 *       commands: { say: { request: SayRequest; reply: SayReply } };
 *       events: { message: Message };
 *     };
 */
export interface ClientContract {
  /** Per name on the wire `{ request, reply }`. */
  readonly commands: object;
  /** Per name on the wire what the event carries. */
  readonly events: object;
}

/** The contract of a client that was given none: any command with any fields, any event. */
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

/** The arguments of a request: its fields may be left out where the command needs none. */
export type RequestArguments<Request> =
  Record<never, never> extends Request
    ? [fields?: Request, options?: RequestOptions]
    : [fields: Request, options?: RequestOptions];

/** How one request is made. */
export interface RequestOptions {
  /** Milliseconds from the call to the reply, waiting for a connection included; `Infinity` for no limit. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** Gives the request up. What was sent already may still be executed. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Executing it twice does no harm: cut off between request and reply, it is sent again on the next connection
   * instead of being rejected with `connection_lost`. Default: false.
   */
  readonly isIdempotent?: boolean | undefined;
}

/** Per name in code the name on the wire. No member of the client itself can be named. */
export type CommandNames<C extends ClientContract> = Readonly<Record<string, CommandName<C>>> & {
  readonly [Member in keyof Client<C>]?: never;
};

/** A client with a method for every command. */
export type CommandClient<C extends ClientContract, Names extends CommandNames<C>> = Client<C> & {
  readonly [Method in keyof Names]: (
    ...args: RequestArguments<RequestOf<C, Names[Method]>>
  ) => Promise<ReplyOf<C, Names[Method]>>;
};

/** Gives a client a method for every command: `bindCommands(client, { userLogin: "user.login" })`. */
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

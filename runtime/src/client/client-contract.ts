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

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** A **module** of a WebSocket server. Implement it and pass it to `newWebsocketServe`. */
export interface IWebsocket<Context extends WSContext<AnyTypes> = WSContext> {
  /**
   * Called for a handshake, before it is answered. A thrown or returned error refuses the client. The members of a returned
   * object are added to `ctx.state`.
   */
  connect(ctx: ConnectContext<Context>): Awaitable<ReturnedState<Context> | Error>;
  /** Called when an established connection has ended, by either side. Exactly once, after `close`. */
  disconnect(ctx: Context): Awaitable<void>;
  /**
   * Called when an established connection closes. `code` is the close code of RFC 6455 §7.4.1: 1005 for a close frame
   * without a code, 1006 without a close frame.
   */
  close(ctx: Context, code: number, message: string): Awaitable<void | Error>;
  /** Route patterns of gin (`ws`, `rooms/:room`, `files/*path`), served below `/<flag>` or the path of `setBasePath`. */
  handshakeURL(): readonly string[];
  /** The commands of this module. Another module may have a command of the same name. */
  getCommandList(): readonly ICommand[];
  /** The unique name of this module, and the first segment of its routes. */
  getModuleFlag(): string;
  /** TCP port, 0–65535. Modules that return the same port share one listener. */
  getServerPort(): number;
  /** Options of this module, such as `setMaxMessageSize(16384)`. */
  getWSServerConfig(): readonly SetWSServerConfig[];
}

/** A module with contexts of any type. */
export interface AnyModule extends Omit<IWebsocket<AnyTypes>, "connect"> {
  connect(ctx: AnyTypes): unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: a list holds modules and commands with contexts of every type
type AnyTypes = any;

/** The context of `connect`: what the connection holds is not there yet, only the state of the Koa middlewares. */
export type ConnectContext<Context extends WSContext<AnyTypes> = WSContext> = Omit<
  Context,
  "connection" | "state"
> &
  Pick<WSContext, "state"> & { readonly connection: ConnectContext<Context> };

/** What `connect` returns: the state that the module's context declares, or nothing if it has the usual type. */
type ReturnedState<Context extends WSContext<AnyTypes>> = string extends keyof Context["state"]
  ? unknown extends Context["state"][keyof Context["state"]]
    ? void
    : Context["state"]
  : Context["state"];

/** A **command** of a module. */
export interface ICommand<
  // biome-ignore lint/suspicious/noExplicitAny: a list holds commands of every request type
  Request = any,
  // biome-ignore lint/suspicious/noExplicitAny: a list holds commands of every reply type
  Reply = any,
  Context extends CommandContext<AnyTypes> = CommandContext<AnyTypes>,
> {
  /** The name that selects this command, in the message's `command` field. Unique within the module. */
  getCommand(): string;
  /** Options of this command. They replace those of the module. */
  getConfigOption(): readonly SetCommandConfig[];
  /** The business logic. The returned value is sent to the client; a thrown or returned error is sent as an error. */
  execute(ctx: Context, data: Request, raw: Buffer): Awaitable<Reply | Error>;
}

/**
 * A function that lets a message in or refuses it, before its command is looked up and its data is checked.
 *
 * - `true` lets it in. An object lets it in, too, and its fields are in `ctx.state` of this message.
 * - `false` refuses it with the error `access_denied`. A thrown or returned error refuses it with that error.
 * - Any other value, which only JavaScript can return, is a defect: it is logged, and the client gets `failed`.
 *
 * `data` is not checked yet. It is undefined if the message cannot be decoded.
 */
export type Guard<Context extends CommandContext<AnyTypes> = CommandContext<AnyTypes>> = (
  ctx: Context,
  data: unknown,
) => Awaitable<boolean | object>;

/** The context of a command behind guards: its `state` has the fields that they return. wsgen generates it from `guards:`. */
export type GuardedContext<Context extends WSContext<AnyTypes>, Guards extends readonly Guard[]> = Omit<
  Context,
  "state"
> & {
  readonly state: [ReadableState<Context["state"]>] extends [StateOfGuards<Guards>]
    ? GuardedState<Context["state"], Guards>
    : GuardReadsAnotherState;
};

/** What guards may read of a state: its members, and others as unknown. Of a state without a type, they may read anything. */
type ReadableState<State> = string extends keyof State ? AnyTypes : State & Record<string, unknown>;

/** The states that all of the guards read. */
type StateOfGuards<Guards extends readonly Guard[]> = Guards[number] extends (
  ctx: infer Context,
  data: unknown,
) => unknown
  ? Context extends { readonly state: infer State }
    ? State
    : unknown
  : never;

/** The state of a command behind a guard that reads another state than the command: no member can be read. */
interface GuardReadsAnotherState {
  readonly guardReadsAnotherState: never;
}

type GuardedState<State, Guards extends readonly Guard[]> = Guards extends readonly [
  infer First extends Guard,
  ...infer Rest extends readonly Guard[],
]
  ? GuardedState<NarrowedState<State, Awaited<ReturnType<First>>>, Rest>
  : State;

/** The state after a guard has let a message in with this answer. Of several possible answers, any can be the case. */
type NarrowedState<State, Answer> = Answer extends false | Error
  ? never
  : Answer extends true
    ? State
    : Without<State, keyof Answer> & Answer;

/**
 * A state without some members. One that can have no member (`Record<string, never>`) would forbid those of a guard, too. Unlike
 * `Omit`, it keeps named members beside an index signature.
 */
type Without<State, Keys> = [State[keyof State]] extends [never]
  ? unknown
  : { [Key in keyof State as Key extends Keys ? never : Key]: State[Key] };

/** The members of a context whose types a module can choose, with their usual types. */
interface PlainTypes {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly state: Record<string, unknown>;
}

type MemberTypes = { readonly [Member in keyof PlainTypes]: object };

/**
 * The types of a context of which some members have types of the module's. wsgen generates them from `handshake:` of the spec,
 * and from the type of the state in the module's file.
 * @example type BoardContext = WSContext<ContextTypes<{ query: { page: number }; state: BoardState }>>
 */
export type ContextTypes<Own extends Partial<MemberTypes>> = Omit<PlainTypes, keyof Own> & Readonly<Own>;

/** A connection, as a module and its commands see it. */
export interface WSContext<Types extends MemberTypes = PlainTypes> {
  /**
   * The context that `connect` received. Use it as the key in a `Map` or a `WeakMap` of connections: a command gets a
   * context of its own.
   */
  readonly connection: WSContext<Types>;
  /** Unique across processes (a UUID). */
  readonly id: string;
  readonly moduleFlag: string;
  /** The full pattern of the matched route, such as `/chat/rooms/:room`. */
  readonly route: string;
  /** Path parameters, decoded. A catch-all is the rest of the path with its leading slash, as in gin. */
  readonly params: Types["params"];
  /** The parameters of the query. If the module checks them, an object with their converted values. */
  readonly query: Types["query"];
  /** The headers of the handshake, with names in lower case. */
  readonly headers: Types["headers"];
  /** The cookies of the handshake, decoded. */
  readonly cookies: Types["cookies"];
  /** The client's address. Behind a proxy, `setTrustProxy` decides which header to trust. */
  readonly remoteAddress: string;
  readonly connectedAt: Date;
  /** The selected subprotocol, or "". */
  readonly subprotocol: string;
  /** What the connection holds: `ctx.state` of the Koa middlewares, and what `connect` has returned. */
  readonly state: Types["state"];
  readonly log: Logger;
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal;
  /** Reads a value that `set` stored. */
  get<T = unknown>(key: string): T | undefined;
  /** Stores a value for the lifetime of the connection. */
  set(key: string, value: unknown): void;
  /**
   * Sends one message without the envelope: a value as JSON (or in the module's codec), bytes as a binary frame.
   * Messages sent in `connect` are delivered when the connection is open.
   * @returns false if the connection has ended, or if the message was dropped because the client is a slow consumer
   * (policy `drop-newest`)
   */
  send(message: unknown, options?: SendOptions): boolean;
  /**
   * Sends an event in the module's envelope: `{"event":name,"data":data}`. @returns false in the same cases as `send`
   * @example ctx.emit("message", { from: "ann", text: "hi" })
   */
  emit(name: string, data: unknown, options?: SendOptions): boolean;
  /** Bytes sent to this client that its socket has not taken yet. Above `maxMessageBufferSize` the client is slow. */
  readonly bufferedBytes: number;
  /**
   * Resolves when the client's socket has taken all sent bytes. Await it between the parts of a long answer. True means
   * go on; false means that the connection has ended or, in `connect`, is not open yet. Never rejects.
   * @example for (const page of pages) if (!ctx.emit("page", page) || !(await ctx.drained())) return;
   */
  drained(): Promise<boolean>;
  /**
   * Starts the closing handshake. `reason` is cut to 123 bytes of UTF-8 (RFC 6455 §5.5). Default code: 1000.
   * @throws RangeError `invalid_close_code` for another code than 1000–1003, 1007–1014 and 3000–4999
   */
  close(code?: number, reason?: string): void;
  /** The rooms of the module that this connection is in. They are still there in `disconnect`. */
  readonly rooms: ReadonlySet<string>;
  /**
   * Enters a room of this module. A connection leaves every room when it ends.
   * @throws RangeError `too_many_names` above 1,024 rooms and tags of one connection, `name_too_long` above 256 characters
   * @throws TypeError `invalid_name` for a name that is not a string
   */
  join(room: string): void;
  leave(room: string): void;
  /** Adds a tag (a user's id, a role), so that `module.tagged(tag)` reaches the connection. Throws like `join`. */
  tag(tag: string): void;
  untag(tag: string): void;
  /**
   * Resolves when pushes from all processes of the cluster reach the rooms and tags of this connection; without a cluster, at once.
   * The handshake waits for those of `connect`. Never rejects: while the cluster is away, it resolves, too.
   */
  joined(): Promise<void>;
  /** Push to other connections of this module: `ctx.module.room("lobby").except(ctx).emit("message", data)`. */
  readonly module: ModulePush;
  /** The modules of this server: `ctx.server.module("feed").all.emit("changed", data)` pushes to another module. */
  readonly server: ServerModules;
}

/** The context of a running command. */
export interface CommandContext<Types extends MemberTypes = PlainTypes> extends WSContext<Types> {
  /**
   * The name of the command. In `before` also an unknown name, cut to 128 characters, or "" for a message that selects no
   * command.
   */
  readonly command: string;
  /** The correlation id of the message, any JSON value; undefined if the message has none. */
  readonly correlationId: unknown;
  /** Aborted when the connection ends or the command times out. */
  readonly signal: AbortSignal;
}

/** Options for sending one message. */
export interface SendOptions {
  /** Whether to compress, if the connection has compression. Default: true from the option's threshold. */
  readonly compress?: boolean | undefined;
}

/** The modules of one server. */
export interface ServerModules {
  /** Returns a module by its flag. @throws RangeError `unknown_module` */
  module(flag: string): ModulePush;
}

/**
 * Pushes to the connections of one module: from a command (`ctx.module`) or from anywhere (`serve.module(flag)`). `State` is
 * their public state.
 */
export interface ModulePush<State = unknown> {
  /** The server of the module. */
  readonly server: ServerModules;
  /** All connections of the module. */
  readonly all: Audience;
  /** The connections with these ids. */
  to(...ids: string[]): Audience;
  /** The connections in this room. */
  room(name: string): Room<State>;
  /** The connections with this tag. */
  tagged(tag: string): Audience;
}

/** The receivers of a push. They are looked up when it is sent. */
export interface Audience {
  /** The same audience without these connections, such as the sender. */
  except(...connections: readonly (string | { readonly id: string })[]): Audience;
  /** Sends one message without the envelope, serialised and framed once. Never throws for an ended connection. */
  send(message: unknown, options?: SendOptions): PushResult;
  /** Sends an event in the module's envelope. */
  emit(name: string, data: unknown, options?: SendOptions): PushResult;
  /** The ids of the connections that a push would reach now. */
  ids(): string[];
  /** Starts the closing handshake with all of them. Default code: 1000. Throws like `ctx.close`. @returns their number */
  close(code?: number, reason?: string): number;
}

/** The connections in a room. */
export interface Room<State = unknown> extends Audience {
  /**
   * Returns the connections in the room whose `connect` has finished, in the order of joining, with their public state. The
   * list is of the moment of the call; the public state is read then. In a cluster, the members of other processes follow, with the
   * state of their last change of rooms or tags; while the engine is away, they are missing.
   */
  members(): Promise<readonly RoomMember<State>[]>;
}

/** A connection in a room, as others see it. */
export interface RoomMember<State = unknown> {
  readonly id: string;
  /** What `setPresence` returns for it; undefined without `setPresence`. */
  readonly state: State;
}

/**
 * The result of a push: at once for the connections of this process, and awaited for those of all processes. In a cluster, the
 * answers of the other processes cost a message from each, and are asked for only if you await the result at once.
 * @example const { delivered, unavailable } = await ctx.module.room("lobby").emit("message", data);
 */
export interface PushResult extends PushOutcome, PromiseLike<PushOutcome> {}

/** What became of a push. */
export interface PushOutcome {
  /** The number of connections that it was sent to. */
  readonly delivered: number;
  /** The ids of receivers that are not connected (any more). In a cluster: that are not connected to this process. */
  readonly gone: readonly string[];
  /**
   * True if the cluster could not be reached, or did not answer in time: connections of other processes may not have got it. A
   * replayed event that could not be stored was sent to no connection.
   */
  readonly unavailable?: true;
}

/** An option of a module. Created by the functions of `wsgen-runtime`, such as `setMaxMessageSize`. */
export type SetWSServerConfig = (config: OptionTarget<"module">) => void;
/** An option of a command. Created by the functions of `wsgen-runtime`, such as `disableErrorMessage`. */
export type SetCommandConfig = (config: OptionTarget<"command">) => void;
/** The target that an option writes to. `Kind` separates the options of modules and commands. */
export interface OptionTarget<Kind extends "module" | "command"> {
  readonly kind: Kind;
  set(option: string, value: unknown): void;
}

/** The methods that the runtime calls on a logger. A pino logger has them. */
export interface Logger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  fatal(fields: object, message?: string): void;
  child(fields: object): Logger;
}

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** One **module**: a WebSocket server is written by implementing this and passing it to `newWebsocketServe`. */
export interface IWebsocket {
  /** A client tries to connect; the handshake is not answered yet. A thrown or returned error refuses it. */
  connect(ctx: WSContext): Awaitable<void | Error>;
  /** An established connection has ended, whoever ended it. Exactly once, after `close`. */
  disconnect(ctx: WSContext): Awaitable<void>;
  /** An established connection closes. `code` is the RFC 6455 §7.4.1 close code: 1005 none given, 1006 no close frame. */
  close(ctx: WSContext, code: number, message: string): Awaitable<void | Error>;
  /** Route patterns as gin knows them (`ws`, `rooms/:room`, `files/*path`), each served below `/<flag>`, or where `setBasePath` says. */
  handshakeURL(): readonly string[];
  /** The commands of this module; two modules may both have a command of the same name. */
  getCommandList(): readonly ICommand[];
  /** Globally unique name of this module and first segment of its routes. */
  getModuleFlag(): string;
  /** TCP port, 0–65535. Modules that return the same port share one listener. */
  getServerPort(): number;
  /** Functional options (`setMaxMessageSize(16384)`) that replace the defaults for this module. */
  getWSServerConfig(): readonly SetWSServerConfig[];
}

/** One **command** of a module. */
// biome-ignore lint/suspicious/noExplicitAny: a list holds commands of every request and reply type
export interface ICommand<Request = any, Reply = any> {
  /** The value of the message's `command` field that selects it; unique within the module. */
  getCommand(): string;
  /** Functional options for this command, over the module's defaults. */
  getConfigOption(): readonly SetCommandConfig[];
  /** The business logic: what it returns is sent to the client, an error it throws or returns is sent as an error. */
  execute(ctx: CommandContext, data: Request, raw: Buffer): Awaitable<Reply | Error>;
}

/** One connection, as a module and its commands see it. */
export interface WSContext {
  /**
   * The context that `connect` got: itself, but in a command, whose context has members of its own. The key for a `Map`
   * or a `WeakMap` of connections.
   */
  readonly connection: WSContext;
  /** Unique across processes (a UUID). */
  readonly id: string;
  readonly moduleFlag: string;
  /** The full pattern that matched: `/chat/rooms/:room`. */
  readonly route: string;
  /** Path parameters, decoded. A catch-all holds the rest of the path with its leading slash, as in gin. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The headers of the handshake, names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The client's address; behind a proxy only as far as `setTrustProxy` allows. */
  readonly remoteAddress: string;
  readonly connectedAt: Date;
  /** The subprotocol that was agreed on, or "". */
  readonly subprotocol: string;
  /** What the Koa middlewares put on `ctx.state` during the handshake. */
  readonly state: Record<string, unknown>;
  readonly log: Logger;
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal;
  /** Reads from the store of this connection. */
  get<T = unknown>(key: string): T | undefined;
  /** Writes to the store of this connection; it lives as long as the connection. */
  set(key: string, value: unknown): void;
  /**
   * Sends one message as it is: a value as JSON (or what the module's codec makes of it), bytes as a binary frame.
   * What `connect` sends is delivered as soon as the connection is open. False: the connection has ended, or the message
   * was dropped because the client is a slow consumer (policy `drop-newest`).
   */
  send(message: unknown, options?: SendOptions): boolean;
  /**
   * Sends an event in the shape of the module's envelope: `{"event":name,"data":data}`. False: as for `send`.
   * @example ctx.emit("message", { from: "ann", text: "hi" })
   */
  emit(name: string, data: unknown, options?: SendOptions): boolean;
  /** Bytes that were sent to this client and that its socket has not taken yet. Past `maxMessageBufferSize` it is slow. */
  readonly bufferedBytes: number;
  /**
   * Resolves when the client's socket has taken all that was sent: wait for it between the parts of a long answer. True:
   * go on. False: the connection has ended, or is not open yet (in `connect` nothing can be taken). It never rejects.
   * @example for (const page of pages) if (!ctx.emit("page", page) || !(await ctx.drained())) return;
   */
  drained(): Promise<boolean>;
  /** Starts the closing handshake. `reason` is cut to 123 bytes of UTF-8 (RFC 6455 §5.5). Default code: 1000. */
  close(code?: number, reason?: string): void;
  /** The rooms of the module that this connection is in; `disconnect` still sees them. */
  readonly rooms: ReadonlySet<string>;
  /**
   * Enters a room of this module. A connection leaves every room when it ends.
   * @throws RangeError past 1,024 rooms and tags of one connection, and for a name of more than 256 characters.
   */
  join(room: string): void;
  leave(room: string): void;
  /** Marks the connection (a user's id, a role), so that `module.tagged(tag)` reaches it. Throws as `join` does. */
  tag(tag: string): void;
  untag(tag: string): void;
  /** Push to other connections of this module: `ctx.module.room("lobby").except(ctx).emit("message", data)`. */
  readonly module: ModulePush;
}

/** The context of one running command. */
export interface CommandContext extends WSContext {
  /** In `before` it may be the name of no command, cut to 128 characters, or "" for a message that selects none. */
  readonly command: string;
  /** The correlation id of the message, any JSON value; undefined when it had none. */
  readonly correlationId: unknown;
  /** Aborted when the connection ends or the command's time is up. */
  readonly signal: AbortSignal;
}

/** How one message is sent. */
export interface SendOptions {
  /** Whether to compress, where the connection agreed on compression. Default: from the option's threshold up. */
  readonly compress?: boolean | undefined;
}

/** Push to the connections of one module, from inside a command (`ctx.module`) or from anywhere (`serve.module(flag)`). */
export interface ModulePush {
  /** Every connection of the module. */
  readonly all: Audience;
  /** The connections with these ids. */
  to(...ids: string[]): Audience;
  /** Those that joined this room. */
  room(name: string): Audience;
  /** The connections with this tag. */
  tagged(tag: string): Audience;
}

/** The connections that a push goes to; who they are is looked up when it is sent. */
export interface Audience {
  /** The same without these connections, the sender for instance. */
  except(...connections: readonly (string | { readonly id: string })[]): Audience;
  /** Sends one message as it is. It is serialised and framed once, whatever the number of receivers. Never throws for a gone one. */
  send(message: unknown, options?: SendOptions): PushResult;
  /** Sends an event in the shape of the module's envelope. */
  emit(name: string, data: unknown, options?: SendOptions): PushResult;
  /** Ids of the connections that a push would reach now. */
  ids(): string[];
  /** Starts the closing handshake with all of them; returns how many. Default code: 1000. */
  close(code?: number, reason?: string): number;
}

/** What became of a push. */
export interface PushResult {
  /** How many connections took it. */
  readonly delivered: number;
  /** Ids of connections that were meant and are not connected (any more). */
  readonly gone: readonly string[];
}

/** A functional option of a module. Made by the functions of `wsgen-runtime`, not by hand. */
export type SetWSServerConfig = (config: OptionTarget<"module">) => void;
/** A functional option of a command. */
export type SetCommandConfig = (config: OptionTarget<"command">) => void;
/** What a functional option writes to. `Kind` keeps the options of modules and commands apart. */
export interface OptionTarget<Kind extends "module" | "command"> {
  readonly kind: Kind;
  set(option: string, value: unknown): void;
}

/** What the runtime asks of a logger; pino's loggers fit. */
export interface Logger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  fatal(fields: object, message?: string): void;
  child(fields: object): Logger;
}

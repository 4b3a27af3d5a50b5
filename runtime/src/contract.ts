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
  /** Route patterns as gin knows them (`ws`, `rooms/:room`, `files/*path`), each served below `/<flag>`. */
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
  readonly remoteAddress: string;
  readonly connectedAt: Date;
  /** What the Koa middlewares put on `ctx.state` during the handshake. */
  readonly state: Record<string, unknown>;
  readonly log: Logger;
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal;
  /** Reads from the store of this connection. */
  get<T = unknown>(key: string): T | undefined;
  /** Writes to the store of this connection; it lives as long as the connection. */
  set(key: string, value: unknown): void;
  /** Sends one message. What `connect` sends is delivered as soon as the connection is open. False: it is gone. */
  send(message: unknown): boolean;
  /** Starts the closing handshake. `reason` is cut to 123 bytes of UTF-8 (RFC 6455 §5.5). Default code: 1000. */
  close(code?: number, reason?: string): void;
}

/** The context of one running command. */
export interface CommandContext extends WSContext {
  readonly command: string;
  /** The correlation id of the message, any JSON value; undefined when it had none. */
  readonly correlationId: unknown;
  /** Aborted when the connection ends or the command's time is up. */
  readonly signal: AbortSignal;
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

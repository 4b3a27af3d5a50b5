import type { Middleware } from "koa";
import type { Logger, SetWSServerConfig } from "../contract.js";
import type { Mode } from "../errors.js";
import type { MessageCodec } from "../protocol/codec.js";
import type { EnvelopeOptions } from "../protocol/envelope.js";
import type { LogLevel, Refusal, ReplyFields, SlowConsumerPolicy, SplitInterval } from "./choices.js";
import type { EventRules } from "./event-rule.js";
import type {
  AdminOptions,
  AppSetup,
  CommandHooks,
  CommandRate,
  Given,
  HttpRoutes,
  ModuleOptions,
  RawHandler,
  TlsOptions,
} from "./module-types.js";
import { Secret } from "./secret.js";
import type { ConnectionManager, ReplayStore } from "./stores.js";

// What an option means, its range and its default stand in `docs/options.md`, which a test holds against the rules.
// The values are checked when the module starts, so that the error can name the module.

const option =
  <Name extends keyof ModuleOptions>(name: Name, value: Given<ModuleOptions[Name]>): SetWSServerConfig =>
  (config) =>
    config.set(name, value);

/** Debug or product; default product where `NODE_ENV` is `production`, else debug. */
export const setMode = (mode: Mode): SetWSServerConfig => option("mode", mode);

/**
 * Writes a log file. Defaults: folder `logs`, file `<flag>.log`, the level of `setLogLevel`, a new file each hour.
 * @example setLogFile({ path: "logs", file: "chat.log", level: "info", split: "day" })
 */
export const setLogFile = (
  options: {
    path?: string | undefined;
    file?: string | undefined;
    level?: LogLevel | undefined;
    split?: SplitInterval | undefined;
  } = {},
): SetWSServerConfig => option("log", options);

/** The original framework's form of `setLogFile`. */
export const setWSServerLogEnable = (
  path?: string,
  file?: string,
  level?: LogLevel,
  splitInterval?: SplitInterval,
): SetWSServerConfig => setLogFile({ path, file, level, split: splitInterval });

/** Writes the log to the terminal; default on. */
export const enableConsoleLog = (enabled = true): SetWSServerConfig => option("logConsole", enabled);

/** The least severe level that is logged; default debug, which an unknown level becomes too. */
export const setLogLevel = (level: LogLevel): SetWSServerConfig => option("logLevel", level);

/** Paths of log lines whose values are not written, such as `data.password`. */
export const setLogRedaction = (paths: readonly string[]): SetWSServerConfig => option("logRedact", paths);

/**
 * Serves CPU and heap profiles on a port; host by default 127.0.0.1.
 * @example enablePprof(6060)
 */
export const enablePprof = (port: number, { host }: { host?: string | undefined } = {}): SetWSServerConfig =>
  option("pprof", { port, host });

/**
 * Serves the admin and push API of the process on a port; host by default 127.0.0.1. Who may use it bears the token of
 * the environment variable `tokenEnv`, or `token`.
 * @example enableAdmin(9000, { tokenEnv: "ADMIN_TOKEN" })
 */
export const enableAdmin = (
  port: number,
  { host = "127.0.0.1", tokenEnv, token }: AdminOptions = {},
): SetWSServerConfig =>
  option("admin", { port, host, tokenEnv, token: typeof token === "string" ? new Secret(token) : token });

/** Does not keep connections in the connection manager. They can be pushed to all the same. */
export const disableStoreConnection = (): SetWSServerConfig => option("storeConnection", false);

/** Who keeps the connections; default in memory. */
export const setConnectionManager = (manager: ConnectionManager): SetWSServerConfig =>
  option("connectionManager", manager);

/** The largest inbound message in bytes; default 4096. */
export const setMaxMessageSize = (bytes: number): SetWSServerConfig => option("maxMessageSize", bytes);

/** Outbound bytes that may wait for one client behind what its socket has been given; default 8192. */
export const setMaxMessageBufferSize = (bytes: number): SetWSServerConfig =>
  option("maxMessageBufferSize", bytes);

/** How many seconds a client may take no byte at all while something waits for it; default 10. */
export const setWriteWait = (seconds: number): SetWSServerConfig => option("writeWait", seconds);

/** How many seconds to wait for a pong; default 10. */
export const setPongWait = (seconds: number): SetWSServerConfig => option("pongWait", seconds);

/** Seconds between two pings; default 10. */
export const setPingPeriod = (seconds: number): SetWSServerConfig => option("pingPeriod", seconds);

/** How many seconds a command may run; default 0, no limit. */
export const setExecuteTimeout = (seconds: number): SetWSServerConfig => option("executeTimeout", seconds);

/** Commands of one connection that run at the same time; default 1. */
export const setCommandConcurrency = (count: number): SetWSServerConfig =>
  option("commandConcurrency", count);

/**
 * What one connection may have waiting to be executed; default 128 frames and 1 MiB.
 * @example setInboundQueue({ frames: 32, bytes: 65_536 })
 */
export const setInboundQueue = (limits: {
  frames?: number | undefined;
  bytes?: number | undefined;
}): SetWSServerConfig => option("inboundQueue", limits);

/** How a client is told that `connect` failed; default by an HTTP status. */
export const setRefusal = (how: Refusal): SetWSServerConfig => option("refusal", how);

/** The subprotocols of the module; the order in which the client offers them decides. */
export const setSubprotocols = (names: readonly string[]): SetWSServerConfig => option("subprotocols", names);

/** Offers permessage-deflate, used from `threshold` bytes on; default off, threshold 1024. */
export const setCompression = (options: { threshold?: number | undefined } = {}): SetWSServerConfig =>
  option("compression", options);

/** How many seconds a handshake may take; default 10. */
export const setHandshakeTimeout = (seconds: number): SetWSServerConfig =>
  option("handshakeTimeout", seconds);

/** The largest request head of the listener in bytes; default 16384. */
export const setMaxHeaderSize = (bytes: number): SetWSServerConfig => option("maxHeaderSize", bytes);

/** Connections of the module at the same time; default 0, no limit. */
export const setMaxConnections = (count: number): SetWSServerConfig => option("maxConnections", count);

/** Connections from one remote address at the same time; default 0, no limit. */
export const setMaxConnectionsPerAddress = (count: number): SetWSServerConfig =>
  option("maxConnectionsPerAddress", count);

/**
 * Messages that one connection may send: `burst` at once, then `perSecond`. Default: no limit; with a number alone, as many
 * at once as in a second.
 * @example setCommandRate({ perSecond: 20, burst: 40 })
 */
export const setCommandRate = (rate: number | CommandRate): SetWSServerConfig => {
  const { perSecond, burst = Math.max(1, Math.ceil(perSecond)) } =
    typeof rate === "object" ? rate : { perSecond: rate };
  return option("commandRate", { perSecond, burst });
};

/** Fragments that one message may come in; default 1024. */
export const setMaxFragments = (count: number): SetWSServerConfig => option("maxFragments", count);

/** How deep a message may be nested; default 64 levels. */
export const setMaxJsonDepth = (levels: number): SetWSServerConfig => option("maxJsonDepth", levels);

/**
 * Origins whose pages may connect; `*` is any. Default: any in debug mode, the same origin in product mode.
 * @example setAllowedOrigins(["https://app.example.org"])
 */
export const setAllowedOrigins = (origins: readonly string[]): SetWSServerConfig =>
  option("allowedOrigins", origins);

/**
 * How many proxies stand in front of the server and are believed: for the client's address (`X-Forwarded-For`, or
 * `Forwarded`) and for the host that it asked for (`X-Forwarded-Host`, or `Forwarded`). True believes all of the header;
 * default false.
 */
export const setTrustProxy = (value: boolean | number): SetWSServerConfig => option("trustProxy", value);

/** What happens when a client reads too slowly; default it is closed with 1013. */
export const setSlowConsumerPolicy = (policy: SlowConsumerPolicy): SetWSServerConfig =>
  option("slowConsumer", policy);

/**
 * Which fields of replies and of the data of events clients get: `known` leaves out those that the schema does not name.
 * The fields come with code that wsgen generates for `replyFields: known` in the spec. Default: all.
 */
export const setReplyFields = (which: ReplyFields): SetWSServerConfig => option("replyFields", which);

/**
 * Replaces parts of the envelope; what several calls set is joined.
 * @example setEnvelope({ command: "op", correlation: "seq" })
 */
export const setEnvelope = (envelope: EnvelopeOptions): SetWSServerConfig => option("envelope", envelope);

/** Replaces the codec of the envelope; default JSON in text frames. */
export const setCodec = (codec: "json" | "msgpack" | MessageCodec): SetWSServerConfig =>
  option("envelope", { codec });

/**
 * Serves wss and https on the module's port.
 * @example setTls({ certFile: "tls/cert.pem", keyFile: "tls/key.pem" })
 */
export const setTls = (tls: TlsOptions): SetWSServerConfig => option("tls", tls);

/** The address to listen on; default all interfaces. */
export const setHost = (host: string): SetWSServerConfig => option("host", host);

/** The path that the routes of the module begin with, for protocols whose clients know only `/`; default `/<flag>`. */
export const setBasePath = (path: string): SetWSServerConfig => option("basePath", path);

/** A logger to use in place of the built-in one. */
export const setLogger = (logger: Logger): SetWSServerConfig => option("logger", logger);

/** Koa middlewares for the requests and handshakes of the module; further calls add to the list. */
export const use = (...middlewares: readonly Middleware[]): SetWSServerConfig =>
  option("middlewares", middlewares);

/**
 * Configures the Koa application of the module's port, before its middlewares are added: keys for signed cookies
 * (`app.keys`), members of the context (`app.context`), middlewares that need the application. Further calls add to it.
 * @example useApp((app) => { app.keys = [secret]; app.use(session(app)); })
 */
export const useApp = (setup: AppSetup): SetWSServerConfig => option("appSetups", [setup]);

/** Koa middlewares for all requests and handshakes on the module's port. */
export const useOnListener = (...middlewares: readonly Middleware[]): SetWSServerConfig =>
  option("listenerMiddlewares", middlewares);

/**
 * Adds HTTP routes below the module's base path.
 * @example setHttpRoutes((router) => router.get("/time", (ctx) => { ctx.body = new Date(); }))
 */
export const setHttpRoutes = (define: HttpRoutes): SetWSServerConfig => option("httpRoutes", define);

/**
 * Functions that run around every command of the module; further calls add to them.
 * @example setHooks({ before: (ctx) => (ctx.get("user") ? undefined : new WebsocketError("unauthorized", "Log in first.")) })
 */
export const setHooks = (hooks: CommandHooks): SetWSServerConfig => option("hooks", [hooks]);

/**
 * Takes every frame as it comes, without envelope and commands.
 * @example setRawHandler((ctx, data, isBinary) => void ctx.send(isBinary ? data : data.toString()))
 */
export const setRawHandler = (handler: RawHandler): SetWSServerConfig => option("rawHandler", handler);

/**
 * Rules for single events by their names on the wire: a check of their data in debug mode, what happens to them for
 * clients that do not keep up, and how much of them is kept for clients that come back. wsgen writes them from the spec.
 * Further calls add events. Default: none.
 * @example setEvents({ price: { slowConsumer: { latest: "symbol" }, replay: { last: 100, forSeconds: 60 } } })
 */
export const setEvents = (rules: EventRules): SetWSServerConfig => option("events", rules);

/** Where the events that have `replay` are kept. Default: in memory, `new MemoryReplayStore()`. */
export const setReplayStore = (store: ReplayStore): SetWSServerConfig => option("replayStore", store);

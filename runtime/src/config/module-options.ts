import type { Middleware } from "koa";
import type { Guard, Logger, SetWSServerConfig } from "../contract.js";
import type { Mode } from "../errors.js";
import type { MessageCodec } from "../protocol/codec.js";
import type { EnvelopeOptions } from "../protocol/envelope.js";
import type { LogLevel, Refusal, ReplyFields, SlowConsumerPolicy, SplitInterval } from "./choices.js";
import type { ClusterConfig, ClusterEngine } from "./cluster.js";
import type { EventRules } from "./event-rule.js";
import type { HandshakeChecks } from "./handshake-check.js";
import type {
  AdminOptions,
  AdminToken,
  AdminTokenConfig,
  AppSetup,
  CommandHooks,
  CommandRate,
  ContractLoader,
  Given,
  HealthChecks,
  HttpRoutes,
  MetricsOptions,
  ModuleOptions,
  RawHandler,
  TlsOptions,
} from "./module-types.js";
import type { PresenceRules } from "./presence-rules.js";
import { Secret } from "./secret.js";
import type { ConnectionManager, ReplayStore } from "./stores.js";

// `docs/options.md` describes each option, with range and default; a test compares it with the rules.
// Values are checked when the module starts, so that the error can name the module.

const option =
  <Name extends keyof ModuleOptions>(name: Name, value: Given<ModuleOptions[Name]>): SetWSServerConfig =>
  (config) =>
    config.set(name, value);

/** Sets debug or product mode. Default: product if `NODE_ENV` is `production`, otherwise debug. */
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

/** Writes the log to the terminal. Default: on. */
export const enableConsoleLog = (enabled = true): SetWSServerConfig => option("logConsole", enabled);

/** Sets the least severe level that is logged. Default: debug. An unknown level becomes debug. */
export const setLogLevel = (level: LogLevel): SetWSServerConfig => option("logLevel", level);

/** Replaces the values at these paths of log lines, such as `data.password`, by `[Redacted]`. Default: none. */
export const setLogRedaction = (paths: readonly string[]): SetWSServerConfig => option("logRedact", paths);

/**
 * Serves CPU and heap profiles on a port. Default host: 127.0.0.1.
 * @example enablePprof(6060)
 */
export const enablePprof = (port: number, options?: { host?: string | undefined }): SetWSServerConfig =>
  option("pprof", { port, host: options?.host });

/**
 * Serves the admin and push API of the process on a port. Default host: 127.0.0.1. Clients need the token of the
 * environment variable `tokenEnv`, or `token`, or one of `tokens`, which have names and rights.
 * @example enableAdmin(9000, { tokenEnv: "ADMIN_TOKEN" })
 */
export const enableAdmin = (port: number, options?: AdminOptions): SetWSServerConfig => {
  const { host = "127.0.0.1", tokenEnv, token, tokens } = options ?? {};
  return option("admin", {
    port,
    host,
    tokenEnv,
    token: toSecret(token),
    tokens: tokens && Array.from(tokens, hideToken),
  });
};

const toSecret = (token: string | undefined) => (typeof token === "string" ? new Secret(token) : token);

/** Hides the token before the value can be in a message. JavaScript callers may pass null, which the check refuses. */
const hideToken = (each: AdminToken): AdminTokenConfig => ({
  ...each,
  env: each?.env,
  token: toSecret(each?.token),
});

/**
 * Measures all modules of the process with OpenTelemetry. With `prometheus`, a page has the metrics for Prometheus; by
 * default at http://127.0.0.1:9464/metrics. Without it, they go to the global MeterProvider of `@opentelemetry/api`, which
 * your program registers before it starts the modules.
 * @example enableMetrics({ prometheus: { port: 9464 } })
 */
export const enableMetrics = (options?: MetricsOptions): SetWSServerConfig => {
  const { prometheus } = options ?? {};
  return option("metrics", {
    prometheus: prometheus && {
      ...prometheus,
      path: prometheus.path ?? "/metrics",
      port: prometheus.port ?? 9464,
      host: prometheus.host ?? "127.0.0.1",
    },
  });
};

/**
 * Writes spans of all modules of the process with `@opentelemetry/api`, to the global TracerProvider that your program
 * registers. Default: off.
 */
export const enableTraces = (enabled = true): SetWSServerConfig => option("traces", enabled);

/** Does not store connections in the connection manager. Pushes still reach them. */
export const disableStoreConnection = (): SetWSServerConfig => option("storeConnection", false);

/** Sets the store of the connections. Default: `new MemoryConnectionManager()`. */
export const setConnectionManager = (manager: ConnectionManager): SetWSServerConfig =>
  option("connectionManager", manager);

/** Sets the largest inbound message: 1 to 1,073,741,824 bytes. Default 4096. A larger one closes with 1009. */
export const setMaxMessageSize = (bytes: number): SetWSServerConfig => option("maxMessageSize", bytes);

/**
 * Sets the outbound bytes that may wait for one client, in addition to those given to its socket: 1 to 1,073,741,824. Default
 * 8192. Above it, `setSlowConsumerPolicy` applies.
 */
export const setMaxMessageBufferSize = (bytes: number): SetWSServerConfig =>
  option("maxMessageBufferSize", bytes);

/**
 * Sets after how many seconds a client is dropped that accepts no byte while data waits for it: more than 0, at most 86,400.
 * Default 10.
 */
export const setWriteWait = (seconds: number): SetWSServerConfig => option("writeWait", seconds);

/** Sets how many seconds to wait for a pong (RFC 6455 §5.5.3): more than 0, at most 86,400. Default 10. */
export const setPongWait = (seconds: number): SetWSServerConfig => option("pongWait", seconds);

/** Sets the seconds between two pings (RFC 6455 §5.5.2): more than 0, at most 86,400. Default 10. */
export const setPingPeriod = (seconds: number): SetWSServerConfig => option("pingPeriod", seconds);

/** Sets how many seconds a command may run: 0 (no limit) to 86,400. Default 0. */
export const setExecuteTimeout = (seconds: number): SetWSServerConfig => option("executeTimeout", seconds);

/** Sets how many commands of one connection run at the same time: 1 to 1,024. Default 1, which keeps their order. */
export const setCommandConcurrency = (count: number): SetWSServerConfig =>
  option("commandConcurrency", count);

/**
 * Limits the frames of one connection that wait for execution: 1 to 1,000,000 frames, 1 byte to 1 GiB. Default: 128 frames
 * and 1 MiB. Above it, the socket is not read.
 * @example setInboundQueue({ frames: 32, bytes: 65_536 })
 */
export const setInboundQueue = (limits: {
  frames?: number | undefined;
  bytes?: number | undefined;
}): SetWSServerConfig => option("inboundQueue", limits);

/** Sets how a client learns that `connect` failed. Default: by an HTTP status. */
export const setRefusal = (how: Refusal): SetWSServerConfig => option("refusal", how);

/**
 * Sets the subprotocols of the module (RFC 6455 §1.9). The first one in the client's list that is among them is selected.
 * Default: none.
 */
export const setSubprotocols = (names: readonly string[]): SetWSServerConfig => option("subprotocols", names);

/** Offers permessage-deflate (RFC 7692) for messages of at least `threshold` bytes. Default: off; threshold 1024. */
export const setCompression = (options: { threshold?: number | undefined } = {}): SetWSServerConfig =>
  option("compression", options);

/** Sets how many seconds a handshake may take: more than 0, at most 3,600. Default 10. */
export const setHandshakeTimeout = (seconds: number): SetWSServerConfig =>
  option("handshakeTimeout", seconds);

/** Sets the largest request head of the listener: 1,024 to 1,048,576 bytes. Default 16384. A larger one gets 431. */
export const setMaxHeaderSize = (bytes: number): SetWSServerConfig => option("maxHeaderSize", bytes);

/** Limits the connections of the module at the same time: 0 (no limit) to 10,000,000. Default 0. */
export const setMaxConnections = (count: number): SetWSServerConfig => option("maxConnections", count);

/**
 * Limits the connections of the module from one remote address (IPv6: from one /64) at the same time: 0 (no limit) to
 * 10,000,000. Default 0.
 */
export const setMaxConnectionsPerAddress = (count: number): SetWSServerConfig =>
  option("maxConnectionsPerAddress", count);

/**
 * Limits the messages of one connection: `burst` at once, then `perSecond`, both at most 1,000,000. With a number alone,
 * `burst` is the same number. Default: no limit.
 * @example setCommandRate({ perSecond: 20, burst: 40 })
 */
export const setCommandRate = (rate: number | CommandRate): SetWSServerConfig => {
  const { perSecond, burst } = typeof rate === "object" && rate ? rate : { perSecond: rate };
  const perSecondOrMore = typeof perSecond === "number" ? Math.max(1, Math.ceil(perSecond)) : undefined;
  return option("commandRate", { perSecond, burst: burst ?? perSecondOrMore });
};

/** Sets the most fragments of one message: 1 to 1,048,576. Default 1024. One more closes with 1008. */
export const setMaxFragments = (count: number): SetWSServerConfig => option("maxFragments", count);

/** Sets the deepest nesting of a message: 1 to 1,000 levels. Default 64. A deeper one is an invalid message. */
export const setMaxJsonDepth = (levels: number): SetWSServerConfig => option("maxJsonDepth", levels);

/**
 * Sets the origins that may connect; `*` is any. Default: any in debug mode, the same origin in product mode.
 * @example setAllowedOrigins(["https://app.example.org"])
 */
export const setAllowedOrigins = (origins: readonly string[]): SetWSServerConfig =>
  option("allowedOrigins", origins);

/**
 * Sets how many proxies in front of the server to trust, for the client's address (`X-Forwarded-For` or `Forwarded`) and
 * for the requested host (`X-Forwarded-Host` or `Forwarded`): 1 to 32. True trusts the whole header. Default false.
 */
export const setTrustProxy = (value: boolean | number): SetWSServerConfig => option("trustProxy", value);

/** Sets what happens if a client reads too slowly. Default: its connection is closed with 1013. */
export const setSlowConsumerPolicy = (policy: SlowConsumerPolicy): SetWSServerConfig =>
  option("slowConsumer", policy);

/**
 * Sets which fields of replies and events clients get: `known` removes those that the schema does not name. wsgen
 * generates the lists of fields for `replyFields: known` in the spec. Default: all.
 */
export const setReplyFields = (which: ReplyFields): SetWSServerConfig => option("replyFields", which);

/**
 * Replaces parts of the envelope. Several calls are merged.
 * @example setEnvelope({ command: "op", correlation: "seq" })
 */
export const setEnvelope = (envelope: EnvelopeOptions): SetWSServerConfig => option("envelope", envelope);

/** Replaces the codec of the envelope. Default: JSON in text frames. */
export const setCodec = (codec: "json" | "msgpack" | MessageCodec): SetWSServerConfig =>
  option("envelope", { codec });

/**
 * Serves wss and https on the module's port.
 * @example setTls({ certFile: "tls/cert.pem", keyFile: "tls/key.pem" })
 */
export const setTls = (tls: TlsOptions): SetWSServerConfig => option("tls", tls);

/** Sets the address to listen on. Default: all interfaces. */
export const setHost = (host: string): SetWSServerConfig => option("host", host);

/** Sets the path that the routes of the module begin with, such as `/`. Default: `/<flag>`. */
export const setBasePath = (path: string): SetWSServerConfig => option("basePath", path);

/** Sets a logger to use instead of pino. Then the other log options have no effect. Its owner flushes and closes it. */
export const setLogger = (logger: Logger): SetWSServerConfig => option("logger", logger);

/** Adds Koa middlewares for the requests and handshakes of the module. */
export const use = (...middlewares: readonly Middleware[]): SetWSServerConfig =>
  option("middlewares", middlewares);

/**
 * Configures the Koa application of the module's port, before its middlewares are added: keys for signed cookies
 * (`app.keys`), members of the context (`app.context`), middlewares that need the application.
 * @example useApp((app) => { app.keys = [secret]; app.use(session(app)); })
 */
export const useApp = (setup: AppSetup): SetWSServerConfig => option("appSetups", [setup]);

/** Adds Koa middlewares for all requests and handshakes on the module's port. */
export const useOnListener = (...middlewares: readonly Middleware[]): SetWSServerConfig =>
  option("listenerMiddlewares", middlewares);

/**
 * Adds HTTP routes below the module's base path.
 * @example setHttpRoutes((router) => router.get("/time", (ctx) => { ctx.body = new Date(); }))
 */
export const setHttpRoutes = (define: HttpRoutes): SetWSServerConfig => option("httpRoutes", define);

/**
 * Sets the paths of the probes that the port answers to supervisors, without a token and before all middlewares; `false`
 * answers none. Default: `/healthz` and `/readyz`. Modules that share a port must set the same values.
 * @example setHealth({ ready: "/up" })
 */
export const setHealth = (
  paths: { live?: string | undefined; ready?: string | undefined } | false,
): SetWSServerConfig =>
  option(
    "health",
    paths === false ? false : { live: paths?.live ?? "/healthz", ready: paths?.ready ?? "/readyz" },
  );

/**
 * Adds checks: while one of them fails, `/readyz` of every port answers 503. A check fails if it throws, rejects, returns
 * false or an error, or takes more than 5 seconds; the log has the reason. Probes within one second share one run.
 * @example setHealthChecks({ database: () => pool.query("SELECT 1") })
 */
export const setHealthChecks = (checks: HealthChecks): SetWSServerConfig => option("healthChecks", checks);

/**
 * Gives the inspector the JSON Schemas and examples of the module's commands. wsgen generates the file that it loads. Default:
 * none; requests are then typed as JSON.
 * @example setContract(() => import("./chat.contract.gen.js"))
 */
export const setContract = (load: ContractLoader): SetWSServerConfig => option("contract", load);

/**
 * Adds functions that run around every command of the module.
 * @example setHooks({ before: (ctx) => (ctx.get("user") ? undefined : new WebsocketError("unauthorized", "Log in first.")) })
 */
export const setHooks = (hooks: CommandHooks): SetWSServerConfig => option("hooks", [hooks]);

/**
 * Adds guards: functions that let a message in or refuse it. They run in order, for every message, before its command is
 * looked up. The list may be in a function, which is called at the start, if the guards are in a file that imports this one.
 * @example setGuards([(ctx) => ctx.state.user !== undefined])
 */
export const setGuards =
  <Context extends Parameters<Guard>[0] = Parameters<Guard>[0]>(
    guards: readonly Guard<Context>[] | (() => readonly Guard<Context>[]),
  ): SetWSServerConfig =>
  (config) =>
    config.set("guards", typeof guards === "function" ? guards() : guards);

/**
 * Handles every frame unchanged, without envelope and commands.
 * @example setRawHandler((ctx, data, isBinary) => void ctx.send(isBinary ? data : data.toString()))
 */
export const setRawHandler = (handler: RawHandler): SetWSServerConfig => option("rawHandler", handler);

/**
 * Adds rules for single events, by their names on the wire: a check of their data in debug mode, a policy for slow
 * consumers, and how much is kept for clients that reconnect. wsgen generates them from the spec. Default: none.
 * @example setEvents({ price: { slowConsumer: { latest: "symbol" }, replay: { last: 100, forSeconds: 60 } } })
 */
export const setEvents = (rules: EventRules): SetWSServerConfig => option("events", rules);

/**
 * Converts and checks parts of the handshake (`params`, `query`, `headers`, `cookies`) before `connect`. An invalid
 * handshake is refused with 400, or close code 1008, and all problems. wsgen generates the checks from the spec. Default: none.
 */
export const setHandshakeChecks = (checks: HandshakeChecks): SetWSServerConfig =>
  option("handshakeChecks", checks);

/**
 * Sets what the clients in a room see of each other: `state` for `room(name).members()`, and the events of joins and leaves,
 * whose data is `{ room, id, state }`. wsgen generates it from the spec. Default: `members()` lists ids, and no events.
 * @example setPresence({ state: (ctx) => ({ user: ctx.state.user }), join: "memberJoined", leave: "memberLeft" })
 */
export const setPresence = (rules: PresenceRules): SetWSServerConfig => option("presence", rules);

/** Sets the store of the events that have `replay`. Default: in memory, `new MemoryReplayStore()`. */
export const setReplayStore = (store: ReplayStore): SetWSServerConfig => option("replayStore", store);

/**
 * Joins the processes that have the same engine to a cluster: pushes, presence and replayed events reach the connections of all
 * of them. Modules of one process share an engine by the same object, or by equal data. Default: off.
 * @example setCluster(redisCluster({ url: "redis://localhost:6379" }))
 * @example setCluster({ redis: { urlEnv: "REDIS_URL" } })
 */
export const setCluster = (engine: ClusterEngine | ClusterConfig): SetWSServerConfig =>
  option("cluster", engine);

import type Koa from "koa";
import type { Context, Middleware, Next } from "koa";
import type { Awaitable, CommandContext, Guard, Logger, WSContext } from "../contract.js";
import type { Conversion } from "../conversion.js";
import type { Mode } from "../errors.js";
import type { moduleOptions } from "../options.js";
import type { EnvelopeOptions } from "../protocol/envelope.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { ValueOf } from "./choices.js";
import type { ClusterConfig, ClusterEngine } from "./cluster.js";
import type { EventRules } from "./event-rule.js";
import type { HandshakeChecks } from "./handshake-check.js";
import type { PresenceRules } from "./presence-rules.js";
import type { Secret } from "./secret.js";
import type { ConnectionManager, ReplayStore } from "./stores.js";

/** The options that the table cannot describe completely. */
interface OwnValues {
  readonly mode: Mode;
  readonly admin: AdminConfig | undefined;
  readonly metrics: MetricsConfig | undefined;
  /** Undefined: the same origin in product mode, any in debug mode. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly envelope: EnvelopeOptions;
  readonly tls: TlsOptions | undefined;
  /** Undefined: `/<flag>`. */
  readonly basePath: string | undefined;
  /** Undefined: in memory. */
  readonly connectionManager: ConnectionManager | undefined;
  readonly logger: Logger | undefined;
  readonly middlewares: readonly Middleware[];
  readonly appSetups: readonly AppSetup[];
  readonly listenerMiddlewares: readonly Middleware[];
  readonly httpRoutes: HttpRoutes | undefined;
  /** False: the port answers no probes. */
  readonly health: HealthPaths | false;
  readonly healthChecks: HealthChecks;
  /** Undefined: the inspector has no forms for the requests. */
  readonly contract: ContractLoader | undefined;
  readonly hooks: readonly CommandHooks[];
  /** They run for every message, in this order, after the hooks `before`. */
  readonly guards: readonly Guard[];
  readonly rawHandler: RawHandler | undefined;
  readonly events: EventRules;
  readonly handshakeChecks: HandshakeChecks;
  readonly presence: PresenceRules | undefined;
  /** Undefined: in memory. */
  readonly replayStore: ReplayStore | undefined;
  /** Undefined: this process serves alone. */
  readonly cluster: ClusterEngine | ClusterConfig | undefined;
}

/** The paths of the probes of a port. */
export interface HealthPaths {
  /** Shows that the process is alive. */
  readonly live: string;
  /** Shows that the process is ready for clients. */
  readonly ready: string;
}

/**
 * Functions by name that find out whether the process can serve clients. A check fails if it throws, rejects, returns false
 * or an error, or takes more than 5 seconds.
 */
export type HealthChecks = Readonly<Record<string, () => unknown>>;

/** What the inspector shows of a module's commands. */
export interface ModuleContract {
  /** By the command's name on the wire. */
  readonly commands: Readonly<Record<string, CommandContract>>;
  /** The targets of references such as `#/schemas/Task`, by name. */
  readonly schemas?: Readonly<Record<string, unknown>> | undefined;
}

export interface CommandContract {
  readonly description?: string | undefined;
  /** JSON Schema of the request's fields. */
  readonly request?: unknown;
  /** Requests of the spec's examples. */
  readonly examples?: readonly unknown[] | undefined;
}

/** Usually `() => import("./chat.contract.gen.js")`: the contract is loaded on the first request of the inspector. */
export type ContractLoader = () => Awaitable<{ readonly contract: ModuleContract }>;

type Table = typeof moduleOptions;

/** Every option of a module with its value. Sizes are bytes, durations seconds; undefined is off. */
export type ModuleOptions = OwnValues & {
  readonly [Name in Exclude<keyof Table, keyof OwnValues>]:
    | ValueOf<Table[Name]["value"]>
    | (Table[Name] extends { default: unknown } ? never : undefined);
};

/** The checked options of a module. */
export interface ModuleConfig extends ModuleOptions {
  /** Warnings about accepted values, logged at start. */
  readonly warnings: readonly string[];
}

/** The checked options of a command. */
export interface CommandConfig {
  /** Whether errors are sent to the client. */
  readonly errorMessage: boolean;
  /** Whether inbound data is logged. */
  readonly logUpData: boolean;
  /** Whether outbound data is logged. */
  readonly logDownData: boolean;
  /** Whether the result is sent to the client. */
  readonly responseData: boolean;
  /** Time limit of one execution in seconds; 0 is no limit. */
  readonly executeTimeout: number;
  /** They run in this order, after those of the module. */
  readonly guards: readonly Guard[];
  /** Undefined: requests have no defaults and no bytes. */
  readonly requestConversion: Conversion | undefined;
  /** Undefined: requests are not checked. */
  readonly requestCheck: Validator | undefined;
  /** Undefined: replies have no bytes. */
  readonly replyConversion: Conversion | undefined;
  /** Undefined: replies are not checked. Used in debug mode only. */
  readonly replyCheck: Validator | undefined;
  /** Undefined: replies are sent whole. */
  readonly knownFields: (() => KnownFields) | undefined;
}

/** The argument type of a value: members with a default are optional. */
export type Given<Value> = Value extends object
  ? { readonly [Name in keyof Value]?: Value[Name] | undefined }
  : Value;

export type LogFileOptions = NonNullable<ModuleOptions["log"]>;
export type CommandRateOptions = NonNullable<ModuleOptions["commandRate"]>;

/** What a token of the admin API allows: to look, to push to clients, to change or end connections and the server. */
export type AdminRight = "read" | "push" | "act";

/** One of several tokens: exactly one of `env` and `token`. */
export interface AdminTokenConfig {
  readonly name: string;
  /** The environment variable with the token. */
  readonly env: string | undefined;
  readonly token: Secret | undefined;
  readonly rights: readonly AdminRight[];
}

/** The address of the admin API and its tokens: exactly one of `tokenEnv`, `token` and `tokens`. */
export interface AdminConfig {
  readonly port: number;
  readonly host: string;
  /** The environment variable with the token. */
  readonly tokenEnv: string | undefined;
  readonly token: Secret | undefined;
  readonly tokens: readonly AdminTokenConfig[] | undefined;
}

/** A token of the admin API: exactly one of `env` and `token`. */
export interface AdminToken {
  /** For the logs: who did something. */
  readonly name: string;
  /** The environment variable with the token. */
  readonly env?: string | undefined;
  /** The token itself, at least 16 characters. */
  readonly token?: string | undefined;
  readonly rights: readonly AdminRight[];
}

export interface AdminOptions {
  /** The address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The environment variable with the token, which is named "admin" and has all rights. */
  readonly tokenEnv?: string | undefined;
  /** The token itself, at least 16 characters, if it comes from a vault instead of the environment. */
  readonly token?: string | undefined;
  /** Several tokens instead of one, each with its rights. */
  readonly tokens?: readonly AdminToken[] | undefined;
}

export interface MetricsConfig {
  /** Undefined: the metrics go to the global MeterProvider. */
  readonly prometheus: PrometheusConfig | undefined;
}

/** The address of the page for Prometheus. */
export interface PrometheusConfig {
  readonly path: string;
  readonly port: number;
  readonly host: string;
}

/** The argument of `enableMetrics`. */
export interface MetricsOptions {
  /** Serves a page for Prometheus. Needs the packages `@opentelemetry/sdk-metrics` and `@opentelemetry/exporter-prometheus`. */
  readonly prometheus?: Given<PrometheusConfig> | undefined;
}

/** The rate limit for the messages of one connection. */
export interface CommandRate {
  readonly perSecond: number;
  /** Messages at once. Default: as many as in a second. */
  readonly burst?: number | undefined;
}

/** Paths of PEM files. */
export interface TlsOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** The authorities of client certificates. */
  readonly caFile?: string | undefined;
  /** Whether a client must present a certificate. Default false. */
  readonly requestCert?: boolean | undefined;
}

/** Configures the Koa application of the module's port, once, before its middlewares are added. */
export type AppSetup = (app: Koa) => void;

/** Adds HTTP routes below the module's base path, `/<flag>` by default. */
export type HttpRoutes = (router: HttpRouter) => void;

/** Handles the requests of an HTTP route. `ctx.params` has the decoded parameters of its path. */
export type HttpHandler = (
  ctx: Context & { readonly params: Readonly<Record<string, string>> },
  next: Next,
) => unknown;

/** Registers the handlers of one HTTP method for a path. Several handlers run in order, each by `next()` of the one before. */
type AddRoute = (path: string | RegExp, ...handlers: readonly HttpHandler[]) => HttpRouter;

/** The part of koa-router that a module uses. Paths such as `/users/:id` are relative to the module's base path. */
export interface HttpRouter {
  readonly get: AddRoute;
  readonly head: AddRoute;
  readonly post: AddRoute;
  readonly put: AddRoute;
  readonly patch: AddRoute;
  readonly delete: AddRoute;
  readonly options: AddRoute;
  /** All methods. */
  readonly all: AddRoute;
  /** Adds middlewares for the routes that are added after this call. */
  use(...middlewares: readonly Middleware[]): HttpRouter;
}

/** Functions that run around every command of a module. Several run in the order of the calls. */
export interface CommandHooks {
  /**
   * A guard that runs first for every message. An error that it throws or returns is sent instead of the reply. `data` is
   * not checked yet. `ctx.command` may be an unknown name, or "" for a message that selects no command; then `data` is the
   * message, or undefined if it cannot be decoded.
   */
  readonly before?: ((ctx: CommandContext, data: unknown) => Awaitable<void | Error>) | undefined;
  /** Runs after the command has returned and its reply is sent. */
  readonly after?: ((ctx: CommandContext, data: unknown, reply: unknown) => Awaitable<void>) | undefined;
  /** Runs after the command has failed or a guard has refused the message, and the error is sent. */
  readonly onError?: ((ctx: CommandContext, error: unknown) => Awaitable<void>) | undefined;
}

/** Handles every frame of a module unchanged. The module has no envelope and no commands. */
export type RawHandler = (ctx: WSContext, data: Buffer, isBinary: boolean) => Awaitable<void | Error>;

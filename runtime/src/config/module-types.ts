import type Koa from "koa";
import type { Middleware } from "koa";
import type Router from "koa-router";
import type { Awaitable, CommandContext, Logger, WSContext } from "../contract.js";
import type { Mode } from "../errors.js";
import type { moduleOptions } from "../options.js";
import type { EnvelopeOptions } from "../protocol/envelope.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { ValueOf } from "./choices.js";
import type { EventRules } from "./event-rule.js";
import type { Secret } from "./secret.js";
import type { ConnectionManager, ReplayStore } from "./stores.js";

/** The options whose values the table cannot describe in full. */
interface OwnValues {
  readonly mode: Mode;
  readonly admin: AdminConfig | undefined;
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
  readonly hooks: readonly CommandHooks[];
  readonly rawHandler: RawHandler | undefined;
  readonly events: EventRules;
  /** Undefined: in memory. */
  readonly replayStore: ReplayStore | undefined;
}

type Table = typeof moduleOptions;

/** Every option of a module with its value. Sizes are bytes, durations seconds; undefined is off. */
export type ModuleOptions = OwnValues & {
  readonly [Name in Exclude<keyof Table, keyof OwnValues>]:
    | ValueOf<Table[Name]["value"]>
    | (Table[Name] extends { default: unknown } ? never : undefined);
};

/** The checked options of a module. */
export interface ModuleConfig extends ModuleOptions {
  /** What was accepted although it looks wrong; logged at start. */
  readonly warnings: readonly string[];
}

/** The checked options of a command. */
export interface CommandConfig {
  /** Are errors sent to the client? */
  readonly errorMessage: boolean;
  /** Is inbound data logged? */
  readonly logUpData: boolean;
  /** Is outbound data logged? */
  readonly logDownData: boolean;
  /** Is the result sent to the client? */
  readonly responseData: boolean;
  /** Seconds that one execution may take; 0: no limit. */
  readonly executeTimeout: number;
  /** Undefined: requests are not checked. */
  readonly requestCheck: Validator | undefined;
  /** Undefined: replies are not checked. They are in debug mode alone. */
  readonly replyCheck: Validator | undefined;
  /** Undefined: replies are sent whole. */
  readonly knownFields: (() => KnownFields) | undefined;
}

/** A value as a caller gives it: members with a default may be absent. */
export type Given<Value> = Value extends object
  ? { readonly [Name in keyof Value]?: Value[Name] | undefined }
  : Value;

export type LogFileOptions = NonNullable<ModuleOptions["log"]>;
export type CommandRateOptions = NonNullable<ModuleOptions["commandRate"]>;

/** Where the admin API listens, and what lets a person in: exactly one of the two. */
export interface AdminConfig {
  readonly port: number;
  readonly host: string;
  /** The environment variable that holds the token. */
  readonly tokenEnv: string | undefined;
  readonly token: Secret | undefined;
}

export interface AdminOptions {
  /** The address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The name of the environment variable that holds the token. */
  readonly tokenEnv?: string | undefined;
  /** The token itself, at least 16 characters, where it comes from a vault and not from the environment. */
  readonly token?: string | undefined;
}

/** How many messages one connection may send. */
export interface CommandRate {
  readonly perSecond: number;
  /** At once; default as many as in a second. */
  readonly burst?: number | undefined;
}

/** Paths of PEM files. */
export interface TlsOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** Whom to trust for client certificates. */
  readonly caFile?: string | undefined;
  /** Must a client present a certificate? Default false. */
  readonly requestCert?: boolean | undefined;
}

/** Configures the Koa application of the module's port, once, before its middlewares are added. */
export type AppSetup = (app: Koa) => void;

/** Adds HTTP routes below the module's base path, `/<flag>` by default. */
export type HttpRoutes = (router: Router) => void;

/** Run around every command of a module. Several run in the order given. */
export interface CommandHooks {
  /**
   * A guard: it sees every message before anything else is done with it, and an error that it throws or returns is
   * answered in place of all else. `data` is not checked yet. `ctx.command` is also the name of a command that there is
   * not, and "" for a message that selects none; then `data` is the message, undefined where it could not be read.
   */
  readonly before?: ((ctx: CommandContext, data: unknown) => Awaitable<void | Error>) | undefined;
  /** The command has returned, and its reply is on its way. */
  readonly after?: ((ctx: CommandContext, data: unknown, reply: unknown) => Awaitable<void>) | undefined;
  /** The command has failed, or a guard has refused the message, and the error is on its way. */
  readonly onError?: ((ctx: CommandContext, error: unknown) => Awaitable<void>) | undefined;
}

/** Takes every frame of a module as it comes; then the module has no envelope and no commands. */
export type RawHandler = (ctx: WSContext, data: Buffer, isBinary: boolean) => Awaitable<void | Error>;

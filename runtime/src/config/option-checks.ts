import { type commandOptions, moduleOptions, type OptionValue } from "../options.js";
import { isObject } from "../validation/json-value.js";
import {
  type Check,
  createCheck,
  fields,
  flag,
  listOf,
  listOfDifferent,
  matching,
  optional,
  text,
} from "./checks.js";
import { conversion, eventRules, knownFields, validator } from "./event-rule.js";
import { handshakeChecks } from "./handshake-check.js";
import { presenceRules } from "./presence-rules.js";
import { Secret } from "./secret.js";

/** Checks that the table cannot describe: of options that exist in code only, and of values that only code can set. */
export type OwnChecks<Table> = {
  readonly [Name in keyof Table as Table[Name] extends { value: OptionValue } ? never : Name]: Check;
} & { readonly [Name in keyof Table]?: Check };

/** RFC 6750 §2.1: the characters of a Bearer token. 16 of them are 96 random bits. */
export const isAdminToken = (value: string): boolean =>
  /^[\w\-.~+/]{16,}=*$/.test(value) && value.length <= 512;
export const adminTokenRange = "16 to 512 of the characters A-Z a-z 0-9 - . _ ~ + /";

const { port, tokenEnv, tokens, host } = moduleOptions.admin.value.fields;
const { name, env, rights } = tokens.value.items.fields;
const adminToken = optional(
  matching(adminTokenRange, (value) => value instanceof Secret && isAdminToken(value.reveal())),
);
const namedToken = fields({
  name: createCheck(name.value),
  env: optional(createCheck(env.value)),
  token: adminToken,
  rights: createCheck(rights.value),
});
/** True if an object has exactly one of the members. */
const hasOne = (value: unknown, ...names: readonly string[]): boolean =>
  isObject(value) && names.filter((each) => value[each] !== undefined).length === 1;
const adminFields = fields({
  port: createCheck(port.value),
  host: createCheck(host.value),
  tokenEnv: optional(createCheck(tokenEnv.value)),
  token: adminToken,
  tokens: optional(
    listOf(
      matching(
        `${namedToken.range}; env or token, one of the two`,
        (value) => namedToken.accepts(value) && hasOne(value, "env", "token"),
      ),
    ),
  ),
});
const admin = matching(
  `${adminFields.range}; tokenEnv, token or tokens, one of them`,
  (value) => adminFields.accepts(value) && hasOne(value, "tokenEnv", "token", "tokens"),
);

/** RFC 6454 §6.2: scheme, host and port, as browsers send it: in lower case, without a path or a default port. */
const allowedOrigins = listOfDifferent(
  matching('"*", or scheme://host[:port] in lower case', (value) => value === "*" || isOrigin(value)),
);

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s*]+$/.test(value)) return false;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && (url.origin === value || (url.origin === "null" && url.href.startsWith(value)));
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const aFunction = optional(matching("a function", isFunction));
const fieldOrFunction = optional(
  matching("a field name or a function", (value) => isFunction(value) || text("").accepts(value)),
);
const codec = matching(
  "json, msgpack, or a codec",
  (value) =>
    value === "json" ||
    value === "msgpack" ||
    (isObject(value) &&
      isFunction(value.decode) &&
      isFunction(value.encode) &&
      optional(flag).accepts(value.hasBytes)),
);

const { unknownCommand, invalidMessage } = moduleOptions.envelope.value.fields;
const envelope = fields({
  command: fieldOrFunction,
  correlation: fieldOrFunction,
  data: aFunction,
  reply: aFunction,
  error: aFunction,
  event: aFunction,
  batch: optional(flag),
  unknownCommand: optional(createCheck(unknownCommand.value)),
  invalidMessage: optional(createCheck(invalidMessage.value)),
  codec: optional(codec),
});

const basePath = matching(
  "a path such as / or /api/v1, without parameters, spaces and ? # % \\",
  (value) =>
    typeof value === "string" &&
    /^\/[^\s?#%:*\\\u0000-\u001f\u007f]*$/u.test(value) &&
    !/\/\.\.?(?:\/|$)/.test(value),
);

const file = text("a path");
const tls = fields({
  certFile: file,
  keyFile: file,
  caFile: optional(file),
  requestCert: optional(flag),
});

const objectWith = (noun: string, ...methods: readonly string[]): Check =>
  matching(
    `${noun} with ${methods.slice(0, -1).join(", ")} and ${methods.at(-1)}`,
    (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => isFunction((value as Record<string, unknown>)[name])),
  );

const guards = listOf(matching("a function that lets messages in", isFunction));

const { live, ready } = moduleOptions.health.value.fields;
const healthPaths = fields({ live: createCheck(live.value), ready: createCheck(ready.value) });

const page = moduleOptions.metrics.value.fields.prometheus.value.fields;
const metrics = fields({
  prometheus: optional(
    fields({
      path: createCheck(page.path.value),
      port: createCheck(page.port.value),
      host: createCheck(page.host.value),
    }),
  ),
});

const middlewares = listOf(matching("a Koa middleware", isFunction));

const [redisUrl, redisObject] = moduleOptions.cluster.value.fields.redis.value.values;
const { url, urlEnv, prefix } = redisObject.fields;
const redisFields = fields({
  url: optional(createCheck(url.value)),
  urlEnv: optional(createCheck(urlEnv.value)),
  prefix: optional(createCheck(prefix.value)),
});
const redis = createCheck(redisUrl);
const clusterData = fields({
  redis: matching("a URL or a mapping", (value) => redis.accepts(value) || redisFields.accepts(value)),
});
const cluster = matching(
  "{ redis }, or an engine with join",
  (value) => clusterData.accepts(value) || (isObject(value) && isFunction(value.join)),
);

export const moduleChecks: OwnChecks<typeof moduleOptions> = {
  admin,
  metrics,
  allowedOrigins,
  envelope,
  tls,
  basePath,
  connectionManager: objectWith("a connection manager", "store", "remove", "find", "list", "clear"),
  logger: objectWith("a logger", "debug", "info", "warn", "error", "fatal", "child"),
  middlewares,
  appSetups: listOf(matching("a function that takes Koa's application", isFunction)),
  listenerMiddlewares: middlewares,
  httpRoutes: aFunction,
  health: matching(
    "false, or an object with the paths live and ready",
    (value) => value === false || healthPaths.accepts(value),
  ),
  healthChecks: matching(
    "an object whose members are functions",
    (value) => isObject(value) && Object.values(value).every(isFunction),
  ),
  contract: aFunction,
  hooks: listOf(fields({ before: aFunction, after: aFunction, onError: aFunction })),
  guards,
  rawHandler: aFunction,
  events: eventRules,
  handshakeChecks,
  presence: presenceRules,
  replayStore: objectWith("a replay store", "append", "history"),
  cluster,
};

export const commandChecks: OwnChecks<typeof commandOptions> = {
  guards,
  requestConversion: conversion,
  requestCheck: validator,
  replyConversion: conversion,
  replyCheck: validator,
  knownFields,
};

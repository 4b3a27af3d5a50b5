import {
  fields,
  flag,
  isRecord,
  listOf,
  listOfDifferent,
  matching,
  oneOf,
  optional,
  text,
  wholeNumber,
} from "./checks.js";
import {
  Mode,
  refusals,
  replyFieldChoices,
  slowConsumerPolicies,
  splitIntervals,
  toLogLevel,
} from "./choices.js";
import { Secret } from "./secret.js";

const gibibyte = 2 ** 30;

export const messageBytes = wholeNumber(1, gibibyte);
const port = wholeNumber(0, 65_535);
export const limitOrOff = wholeNumber(0, 10_000_000);
export const mode = oneOf(Object.values(Mode));
export const refusal = oneOf(refusals);
export const slowConsumer = oneOf(slowConsumerPolicies);
export const replyFields = oneOf(replyFieldChoices);

/** Levels are not refused: an unknown one becomes debug, with a warning. */
export const logLevel = matching(
  "debug, info, warn, error, dpanic, panic, fatal, or their numbers -1 to 5",
  (value) => toLogLevel(value) !== undefined,
);

export const logFile = optional(
  fields({
    path: text("a folder"),
    file: matching("a file name", (value) => typeof value === "string" && isFileName(value)),
    level: logLevel,
    split: oneOf(splitIntervals),
  }),
);

const isFileName = (value: string): boolean =>
  /^[^/\\\u0000-\u001f]{1,200}$/.test(value) && !/^\.+$/.test(value);

export const pprof = optional(fields({ port, host: text("an address") }));

/** RFC 6750 §2.1: the characters of a Bearer token. 16 of them are 96 random bits. */
export const isAdminToken = (value: string): boolean =>
  /^[\w\-.~+/]{16,}=*$/.test(value) && value.length <= 512;
export const adminTokenRange = "16 to 512 of the characters A-Z a-z 0-9 - . _ ~ + /";

const adminFields = fields({
  port,
  host: text("an address"),
  tokenEnv: optional(
    matching(
      "the name of an environment variable",
      (value) => typeof value === "string" && /^[A-Za-z_]\w*$/.test(value),
    ),
  ),
  token: optional(
    matching(adminTokenRange, (value) => value instanceof Secret && isAdminToken(value.reveal())),
  ),
});
export const admin = optional(
  matching(
    `${adminFields.range}; tokenEnv or token, one of the two`,
    (value) =>
      adminFields.accepts(value) &&
      isRecord(value) &&
      (value.tokenEnv === undefined) !== (value.token === undefined),
  ),
);

export const inboundQueue = fields({ frames: wholeNumber(1, 1_000_000), bytes: messageBytes });

export const compression = optional(fields({ threshold: wholeNumber(0, gibibyte) }));

const rate = matching(
  "more than 0, at most 1000000",
  (value) => typeof value === "number" && value > 0 && value <= 1e6,
);
export const commandRate = optional(fields({ perSecond: rate, burst: wholeNumber(1, 1_000_000) }));

/** RFC 6455 §4.1: a token of RFC 7230 §3.2.6. */
export const subprotocols = listOfDifferent(
  matching(
    "a token as in RFC 9110 §5.6.2: letters, digits, hyphens, dots",
    (value) => typeof value === "string" && /^[\w!#$%&'*+\-.^`|~]+$/.test(value),
  ),
);

/** RFC 6454 §6.2: scheme, host and port, as browsers send it: in lower case, without a path or a default port. */
export const allowedOrigins = optional(
  listOfDifferent(
    matching('"*", or scheme://host[:port] in lower case', (value) => value === "*" || isOrigin(value)),
  ),
);

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s*]+$/.test(value)) return false;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && (url.origin === value || (url.origin === "null" && url.href.startsWith(value)));
}

export const trustProxy = matching("true, false, or the number of proxies from 1 to 32", (value) =>
  typeof value === "number" ? wholeNumber(1, 32).accepts(value) : typeof value === "boolean",
);

/** Close codes that an application may send (RFC 6455 §7.4): 1000–1013 as far as they are sendable, and 3000–4999. */
const faultPolicy = matching(
  "reply, ignore, or a close code: 1000, 1002, 1003, 1007, 1008, 1011, 1013, 3000 to 4999",
  (value) =>
    value === "reply" ||
    value === "ignore" ||
    (Number.isInteger(value) &&
      ([1000, 1002, 1003, 1007, 1008, 1011, 1013].includes(value as number) ||
        wholeNumber(3000, 4999).accepts(value))),
);

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
    (isRecord(value) && isFunction(value.decode) && isFunction(value.encode)),
);

export const envelope = fields({
  command: fieldOrFunction,
  correlation: fieldOrFunction,
  data: aFunction,
  reply: aFunction,
  error: aFunction,
  event: aFunction,
  batch: optional(flag),
  unknownCommand: optional(faultPolicy),
  invalidMessage: optional(faultPolicy),
  codec: optional(codec),
});

export const basePath = optional(
  matching(
    "a path such as / or /api/v1, without parameters, spaces and ? # % \\",
    (value) =>
      typeof value === "string" &&
      /^\/[^\s?#%:*\\\u0000-\u001f\u007f]*$/u.test(value) &&
      !/\/\.\.?(?:\/|$)/.test(value),
  ),
);

export const tls = optional(
  fields({
    certFile: text("a path"),
    keyFile: text("a path"),
    caFile: optional(text("a path")),
    requestCert: optional(flag),
  }),
);

const objectWith = (range: string, methods: readonly string[]) =>
  optional(
    matching(
      range,
      (value) =>
        typeof value === "object" &&
        value !== null &&
        methods.every((name) => isFunction((value as Record<string, unknown>)[name])),
    ),
  );

export const connectionManager = objectWith("a connection manager with store, remove, find, list and clear", [
  ...["store", "remove", "find", "list", "clear"],
]);
export const replayStore = objectWith("a replay store with append and history", ["append", "history"]);
export const logger = objectWith("a logger with debug, info, warn, error, fatal and child", [
  ...["debug", "info", "warn", "error", "fatal", "child"],
]);
export const appSetups = listOf(matching("a function that gets Koa's application", isFunction));
export const middlewares = listOf(matching("a Koa middleware", isFunction));
export const httpRoutes = aFunction;
export const hooks = listOf(fields({ before: aFunction, after: aFunction, onError: aFunction }));
export const rawHandler = aFunction;
export const validator = optional(matching("a validator", isFunction));
export const knownFields = optional(matching("a function that gives the known fields", isFunction));

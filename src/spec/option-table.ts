import type { FormatSchema } from "./format-schema.js";
import { DURATION_PATTERN, SIZE_PATTERN, type Unit } from "./quantity.js";

/** One key of a `config:` mapping. */
export interface OptionFormat {
  /** Key in the spec and name of the option in the runtime. */
  readonly name: string;
  /** The functional option of the runtime that sets it. */
  readonly setter: string;
  /** `listener`: modules that share a port must agree on it. */
  readonly scope: "module" | "listener" | "command";
  /** Unit of its plain numbers, where they have one. */
  readonly unit?: Unit;
  readonly schema: FormatSchema;
}

const GIB = 1024 ** 3;
/** In seconds; Node's timers hold 24 times as much. */
const DAY = 86_400;

const LOG_LEVELS = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"] as const;
const LOG_SPLITS = ["minute", "hour", "day", "month", "year"] as const;

const flag = (description: string, fallback: boolean): FormatSchema => ({
  description,
  type: "boolean",
  default: fallback,
});

const count = (description: string, range: FormatSchema): FormatSchema => ({
  description,
  type: "integer",
  ...range,
});

function size(
  description: string,
  fallback: number,
  range: FormatSchema = { minimum: 1, maximum: GIB },
): FormatSchema {
  const title = "a size: a number of bytes, or a text such as 16KiB";
  const text: FormatSchema = { type: "string", pattern: SIZE_PATTERN };
  return {
    title,
    description,
    default: fallback,
    "x-unit": "bytes",
    anyOf: [{ type: "integer", ...range }, text],
  };
}

/** The format of a duration; without a `fallback` its absence has a meaning of its own. */
export function duration(
  description: string,
  fallback?: number,
  range: FormatSchema = { exclusiveMinimum: 0, maximum: DAY },
): FormatSchema {
  const title = "a duration: a number of seconds, or a text such as 500ms or 2m";
  const text: FormatSchema = { type: "string", pattern: DURATION_PATTERN };
  const number: FormatSchema = { type: "number", ...range };
  const byDefault = fallback === undefined ? {} : { default: fallback };
  return { title, description, ...byDefault, "x-unit": "seconds", anyOf: [number, text] };
}

const texts = (description: string, item: FormatSchema): FormatSchema => ({
  description,
  type: "array",
  default: [],
  uniqueItems: true,
  items: { type: "string", minLength: 1, ...item },
});

const text = (description: string): FormatSchema => ({
  title: "a text without control characters",
  description,
  type: "string",
  minLength: 1,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
});
const logLevel: FormatSchema = {
  description: "The lowest level that is logged.",
  enum: LOG_LEVELS,
  default: "debug",
};
const port: FormatSchema = { type: "integer", minimum: 0, maximum: 65_535 };

/** A reaction to a message that cannot be dispatched. */
const reaction = (description: string): FormatSchema => ({
  title: "reply, ignore, or a close code: 1000, 1002, 1003, 1007, 1008, 1011, 1013, 3000 to 4999",
  description,
  default: "reply",
  anyOf: [
    { enum: ["reply", "ignore"] },
    { type: "integer", enum: [1000, 1002, 1003, 1007, 1008, 1011, 1013] },
    { type: "integer", minimum: 3000, maximum: 4999 },
  ],
});

const fields = (
  properties: Readonly<Record<string, FormatSchema>>,
  required?: readonly string[],
): FormatSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...(required && { required }),
});

const log: FormatSchema = {
  title: "true, false, or a mapping with path, file, level and split",
  description: "Write a log file. `true` takes all defaults.",
  default: false,
  anyOf: [
    { type: "boolean" },
    fields({
      path: { ...text("Folder of the log files, made when missing."), default: "logs" },
      file: {
        ...text("Name of the log file; default `<flag>.log`."),
        maxLength: 200,
        pattern: "^(?!\\.+$)[^/\\\\\\u0000-\\u001f]+$",
      },
      level: logLevel,
      split: { description: "When a new file is begun.", enum: LOG_SPLITS, default: "hour" },
    }),
  ],
};

const pprof: FormatSchema = {
  title: "a port, or a mapping with port and host",
  description: "Serve CPU and heap profiles of the running process on this port.",
  anyOf: [port, fields({ port, host: { ...text("Address to listen on."), default: "127.0.0.1" } }, ["port"])],
};

const admin = fields(
  {
    port,
    tokenEnv: {
      title: "the name of an environment variable, such as ADMIN_TOKEN",
      description: "The environment variable that holds the token, at least 16 characters.",
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    },
    host: { ...text("Address to listen on."), default: "127.0.0.1" },
  },
  ["port", "tokenEnv"],
);

const compression: FormatSchema = {
  title: "true, false, or a mapping with threshold",
  description: "Compress messages (permessage-deflate).",
  default: false,
  anyOf: [
    { type: "boolean" },
    fields({ threshold: size("Smaller messages are not compressed.", 1024, { minimum: 0, maximum: GIB }) }),
  ],
};

const rate: FormatSchema = { type: "number", exclusiveMinimum: 0, maximum: 1_000_000 };
const commandRate: FormatSchema = {
  title: "a number of commands per second, or a mapping with perSecond and burst",
  description: "Commands that one connection may send per second, and in one burst (default: as many).",
  anyOf: [
    rate,
    fields({ perSecond: rate, burst: { type: "integer", minimum: 1, maximum: 1_000_000 } }, ["perSecond"]),
  ],
};

const inboundQueue = fields({
  frames: count("Frames that may wait.", { minimum: 1, maximum: 1_000_000, default: 128 }),
  bytes: size("Bytes that may wait.", 1_048_576),
});

const envelope = fields({
  command: { ...text("The field that selects the command."), default: "command" },
  correlation: { ...text("The field that a reply repeats."), default: "id" },
  unknownCommand: reaction("What a message with an unknown command gets."),
  invalidMessage: reaction("What a frame that is no message gets."),
  codec: { description: "How messages are written.", enum: ["json", "msgpack"], default: "json" },
});

const tls = fields(
  {
    cert: text("File with the certificate chain, PEM."),
    key: text("File with the private key, PEM."),
    ca: text("File with the authorities of client certificates, PEM."),
    requestCert: flag("Ask clients for a certificate.", false),
  },
  ["cert", "key"],
);

/** Every option of a module. */
export const moduleOptions: readonly OptionFormat[] = [
  moduleOption("mode", "setMode", {
    description:
      "`product` hides the text of unexpected errors from clients. By default it is `product` where NODE_ENV is `production`, else `debug`.",
    enum: ["debug", "product"],
  }),
  moduleOption("log", "setWSServerLogEnable", log),
  moduleOption("logConsole", "enableConsoleLog", flag("Write the log to the terminal.", true)),
  moduleOption("logLevel", "setLogLevel", logLevel),
  moduleOption(
    "logRedact",
    "setLogRedaction",
    texts("Paths of fields that the log shows as redacted.", { pattern: "^[^\\u0000-\\u001f\\u007f]+$" }),
  ),
  moduleOption("pprof", "enablePprof", pprof),
  moduleOption("admin", "enableAdmin", {
    ...admin,
    description: "Serve the admin and push API of the process on this port.",
  }),
  moduleOption(
    "storeConnection",
    "disableStoreConnection",
    flag("Keep connections in the connection manager.", true),
  ),
  moduleOption(
    "maxMessageSize",
    "setMaxMessageSize",
    size("Largest inbound message; a larger one closes with 1009.", 4096),
  ),
  moduleOption(
    "maxMessageBufferSize",
    "setMaxMessageBufferSize",
    size("Outbound bytes that may wait for one client.", 8192),
  ),
  moduleOption(
    "writeWait",
    "setWriteWait",
    duration("How long a write may stall before the connection is dropped.", 10),
  ),
  moduleOption("pongWait", "setPongWait", duration("How long to wait for the answer to a ping.", 10)),
  moduleOption("pingPeriod", "setPingPeriod", duration("Interval of the pings.", 10)),
  moduleOption(
    "executeTimeout",
    "setExecuteTimeout",
    duration("Time that a command has; 0: no limit.", 0, { minimum: 0, maximum: DAY }),
  ),
  moduleOption(
    "commandConcurrency",
    "setCommandConcurrency",
    count("Commands of one connection that run at once.", { minimum: 1, maximum: 1024, default: 1 }),
  ),
  moduleOption("inboundQueue", "setInboundQueue", {
    ...inboundQueue,
    description: "What may wait while commands run.",
  }),
  moduleOption("refusal", "setRefusal", {
    description: "How a refused client is told: an HTTP answer, or an open that is closed at once.",
    enum: ["http", "close"],
    default: "http",
  }),
  moduleOption(
    "subprotocols",
    "setSubprotocols",
    texts("Subprotocols that are accepted, best first.", {
      title: "a subprotocol: letters, digits and !#$%&'*+-.^_`|~",
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    }),
  ),
  moduleOption("compression", "setCompression", compression),
  moduleOption(
    "handshakeTimeout",
    "setHandshakeTimeout",
    duration("Time that a handshake has.", 10, { exclusiveMinimum: 0, maximum: 3600 }),
  ),
  listenerOption(
    "maxHeaderSize",
    "setMaxHeaderSize",
    size("Largest head of a request.", 16_384, { minimum: 1024, maximum: 1_048_576 }),
  ),
  moduleOption(
    "maxConnections",
    "setMaxConnections",
    count("Connections of this module; 0: no limit.", { minimum: 0, maximum: 10_000_000, default: 0 }),
  ),
  moduleOption(
    "maxConnectionsPerAddress",
    "setMaxConnectionsPerAddress",
    count("Connections of one address; 0: no limit.", { minimum: 0, maximum: 10_000_000, default: 0 }),
  ),
  moduleOption("commandRate", "setCommandRate", commandRate),
  moduleOption(
    "maxFragments",
    "setMaxFragments",
    count("Fragments of a message.", { minimum: 1, maximum: 1_048_576, default: 1024 }),
  ),
  moduleOption(
    "maxJsonDepth",
    "setMaxJsonDepth",
    count("How deep a message may nest.", { minimum: 1, maximum: 1000, default: 64 }),
  ),
  moduleOption(
    "allowedOrigins",
    "setAllowedOrigins",
    texts("Origins that browsers may connect from; `*`: any.", {
      title: "*, or an origin in lower case such as https://example.org",
      pattern: "^(\\*|[a-z][a-z0-9+.-]*://[^\\s/?#@*A-Z]+)$",
    }),
  ),
  moduleOption("trustProxy", "setTrustProxy", {
    title: "true, false, or a number of proxies",
    description: "Believe the forwarded headers of this many proxies.",
    default: false,
    anyOf: [{ type: "boolean" }, { type: "integer", minimum: 1, maximum: 32 }],
  }),
  moduleOption("slowConsumer", "setSlowConsumerPolicy", {
    description: "What happens to a client that does not keep up.",
    enum: ["close", "drop-newest", "drop-oldest"],
    default: "close",
  }),
  moduleOption("replyFields", "setReplyFields", {
    description: "`known` leaves out of replies and events the fields that their schemas do not name.",
    enum: ["all", "known"],
    default: "all",
  }),
  moduleOption("envelope", "setEnvelope", {
    ...envelope,
    description: "The shape of messages, for an existing protocol.",
  }),
  listenerOption("tls", "setTls", { ...tls, description: "Serve wss:// with these files." }),
  listenerOption("host", "setHost", text("Address to listen on; default: all.")),
];

/** Every option of a command. */
export const commandOptions: readonly OptionFormat[] = [
  commandOption("errorMessage", "closePushCommandErrorMessage", flag("Send errors to the client.", true)),
  commandOption("logUpData", "closeLogUpData", flag("Log what the client sent.", true)),
  commandOption("logDownData", "closeLogDownData", flag("Log what the client is sent.", true)),
  commandOption("responseData", "closeResponseData", flag("Send the result to the client.", true)),
  commandOption(
    "executeTimeout",
    "setCommandTimeout",
    duration("Time that this command has; 0: no limit.", 0, { minimum: 0, maximum: DAY }),
  ),
];

function moduleOption(name: string, setter: string, schema: FormatSchema): OptionFormat {
  return { name, setter, scope: "module", schema, ...unitOf(schema) };
}

function listenerOption(name: string, setter: string, schema: FormatSchema): OptionFormat {
  return { ...moduleOption(name, setter, schema), scope: "listener" };
}

function commandOption(name: string, setter: string, schema: FormatSchema): OptionFormat {
  return { ...moduleOption(name, setter, schema), scope: "command" };
}

function unitOf({ "x-unit": unit }: FormatSchema): { unit?: Unit } {
  return unit === undefined ? {} : { unit };
}

/** The schema of a `config:` mapping over `options`. */
export const configSchema = (options: readonly OptionFormat[], description: string): FormatSchema => ({
  description,
  type: ["object", "null"],
  additionalProperties: false,
  properties: Object.fromEntries(options.map((option) => [option.name, option.schema])),
});

// The options of modules and commands as data, without code and imports. The source of the runtime's checks, of
// docs/options.md, and in wsgen of the format of `config:`, the setter calls and the rules of `wsgen diff`.

/** The values of an option. Sizes are bytes, durations are seconds; in the spec also strings such as `16KiB` and `500ms`. */
export type OptionValue =
  | { readonly type: "boolean" }
  | {
      readonly type: "integer" | "number" | "size" | "duration";
      readonly minimum?: number;
      readonly exclusiveMinimum?: number;
      readonly maximum: number;
      /** The unit, if it is neither bytes (a size) nor seconds (a duration). */
      readonly unit?: string;
      /** For documents and editors, if no number follows from the default and the range. */
      readonly example?: number;
    }
  | { readonly type: "choice"; readonly choices: readonly (string | number)[] }
  /** A string that is not empty and has no control characters. The title is a noun phrase. */
  | {
      readonly type: "string";
      readonly title: string;
      /** For documents and editors. */
      readonly example: string;
      readonly pattern?: string;
      readonly maxLength?: number;
    }
  /** A list without duplicates. */
  | { readonly type: "list"; readonly items: OptionValue }
  | {
      readonly type: "object";
      readonly fields: Readonly<Record<string, OptionField>>;
      readonly required?: readonly string[];
      /** Exactly one of these must be there. */
      readonly oneOf?: readonly string[];
    }
  | { readonly type: "anyOf"; readonly title: string; readonly values: readonly OptionValue[] };

/** A member of an option that is an object. */
export interface OptionField {
  readonly value: OptionValue;
  readonly description: string;
  readonly default?: string | number | boolean;
}

/**
 * What `wsgen diff` reports for a changed option. `limit`: a lower value breaks; the text says what happens to clients above
 * it, and 0 is off if it is the minimum. `fixed`: every change breaks; the text says how. `sent`: false stops sending this.
 * `members`: removing one breaks. `own`: a special rule; the text says what breaks. `unnoticed`: clients notice nothing.
 */
export type OptionChange =
  | "unnoticed"
  | { readonly limit: string }
  | { readonly fixed: string }
  | { readonly sent: string }
  | { readonly members: "origin" | "subprotocol" }
  | { readonly own: string };

/** `["enablePprof", "port", "{ host }?"]`: an object without the field that is an argument of its own comes last. */
export type OptionSetter = readonly [callee: string, ...args: readonly string[]];

/** One option. */
export interface OptionData {
  /** The name of the setter, and its arguments. */
  readonly setter: OptionSetter;
  /** Another function that sets the option or a part of it, such as the original framework's name for the setter. */
  readonly otherSetter?: OptionSetter;
  /** `listener`: modules that share a port must have the same value. Absent: each module or command has its own. */
  readonly scope?: "listener";
  readonly description: string;
  /** Absent: the option exists in code only, with its own check in the runtime. */
  readonly value?: OptionValue;
  /** A value that the spec may have instead of an object, and a noun phrase for both together. */
  readonly short?: { readonly value: OptionValue; readonly title: string };
  /** Absent: off. */
  readonly default?: unknown;
  /** The default in words, if the value does not say it. */
  readonly defaultText?: string;
  /** How a further call adds to the list or the object. Absent: it replaces the value. */
  readonly repeated?: "append" | "merge";
  /** Absent: the option exists in code only. */
  readonly change?: OptionChange;
}

const boolean = { type: "boolean" } as const;
const gibibyte = 1_073_741_824;
/** Node's timers allow up to 24 days. */
const day = 86_400;
const messageSize = { type: "size", minimum: 1, maximum: gibibyte } as const;
const duration = { type: "duration", exclusiveMinimum: 0, maximum: day } as const;
const durationOrOff = { type: "duration", minimum: 0, maximum: day } as const;
const limitOrOff = { type: "integer", minimum: 0, maximum: 10_000_000 } as const;
const port = { type: "integer", minimum: 0, maximum: 65_535, example: 9000 } as const;
const address = { type: "string", title: "an address", example: "0.0.0.0" } as const;
const loopback = { value: address, description: "Address to listen on.", default: "127.0.0.1" } as const;
const path = { type: "string", title: "a path" } as const;
const variable = {
  type: "string",
  title: "the name of an environment variable, such as ADMIN_TOKEN",
  example: "ADMIN_TOKEN",
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
} as const;
const redisUrl = {
  type: "string",
  title: "a URL such as redis://localhost:6379",
  example: "redis://localhost:6379",
  pattern: "^rediss?://\\S+$",
} as const;
const rate = {
  type: "number",
  exclusiveMinimum: 0,
  maximum: 1_000_000,
  unit: "commands per second",
} as const;
const logLevel = {
  type: "choice",
  choices: ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"],
} as const;
/** RFC 6455 §7.4: the codes that an application may send. */
const reaction = {
  type: "anyOf",
  title: "reply, ignore, or a close code: 1000, 1002, 1003, 1007, 1008, 1011, 1013, 3000 to 4999",
  values: [
    { type: "choice", choices: ["reply", "ignore"] },
    { type: "choice", choices: [1000, 1002, 1003, 1007, 1008, 1011, 1013] },
    { type: "integer", minimum: 3000, maximum: 4999 },
  ],
} as const;
const originRemoved =
  "removing an origin. Without a list, product mode allows only the same origin, and debug mode allows any. A `mode` that is not set counts as `product`, its value in production";
const health = { live: "/healthz", ready: "/readyz" } as const;
const probePath = {
  type: "string",
  title: "a path such as /healthz",
  example: "/health",
  pattern: "^/[^\\s?#\\u0000-\\u001f\\u007f]*$",
} as const;
const prometheus = { path: "/metrics", port: 9464 } as const;
const inboundQueue = { frames: 128, bytes: 1_048_576 } as const;

/** Every option of a module. */
export const moduleOptions = {
  mode: {
    setter: ["setMode", "mode"],
    value: { type: "choice", choices: ["debug", "product"] },
    defaultText: "`product` if `NODE_ENV` is `production`, otherwise `debug`",
    change: { own: originRemoved },
    description:
      "In debug mode, clients see the messages of unexpected errors, and any origin may connect. In product mode, they get a reference to the log, and only the same origin may connect.",
  },
  log: {
    setter: ["setLogFile", "{ path, file, level, split }?"],
    otherSetter: ["setWSServerLogEnable", "path?", "file?", "level?", "splitInterval?"],
    value: {
      type: "object",
      fields: {
        path: {
          value: { type: "string", title: "a folder", example: "/var/log/chat" },
          description: "Folder of the log files, created if missing.",
          default: "logs",
        },
        file: {
          value: {
            type: "string",
            title: "a file name",
            example: "chat.log",
            maxLength: 200,
            pattern: "^(?!\\.+$)[^/\\\\\\u0000-\\u001f]+$",
          },
          description: "Name of the log file. Default: `<flag>.log`.",
        },
        level: { value: logLevel, description: "The least severe level in the file. Default: `logLevel`." },
        split: {
          value: { type: "choice", choices: ["minute", "hour", "day", "month", "year"] },
          description: "When a new file begins.",
          default: "hour",
        },
      },
    },
    short: { value: boolean, title: "true, false, or a mapping with path, file, level and split" },
    defaultText: "off; path `logs`, file `<flag>.log`, level as `logLevel`, split `hour`",
    change: "unnoticed",
    description:
      "Writes the log also to a file, a new one for each minute, hour, day, month or year, named by local time: `2021-04-22-22-test.log`. The path is relative to the working directory and created if missing.",
  },
  logConsole: {
    setter: ["enableConsoleLog", "enabled = true"],
    value: boolean,
    default: true,
    change: "unnoticed",
    description: "Writes the log to the terminal, as lines of JSON.",
  },
  logLevel: {
    setter: ["setLogLevel", "level"],
    value: logLevel,
    default: "debug",
    change: "unnoticed",
    description:
      "The least severe level that is logged. In code also its number, -1 to 5. An unknown level becomes debug, with a warning.",
  },
  logRedact: {
    setter: ["setLogRedaction", "paths"],
    value: {
      type: "list",
      items: {
        type: "string",
        title: "a path such as `data.password` or `*.token`",
        example: "data.password",
      },
    },
    default: [],
    defaultText: "none",
    change: "unnoticed",
    description: "Values at these paths of a log line are replaced by `[Redacted]`.",
  },
  pprof: {
    setter: ["enablePprof", "port", "{ host }?"],
    value: {
      type: "object",
      fields: { port: { value: port, description: "Port to listen on." }, host: loopback },
      required: ["port"],
    },
    short: { value: port, title: "a port, or a mapping with port and host" },
    defaultText: "off; host `127.0.0.1`",
    change: "unnoticed",
    description: "Serves CPU and heap profiles of the running process on this port.",
  },
  admin: {
    setter: ["enableAdmin", "port", "{ tokenEnv, token, tokens, host }?"],
    value: {
      type: "object",
      fields: {
        port: { value: port, description: "Port to listen on." },
        tokenEnv: {
          value: variable,
          description:
            "The environment variable that has the token, at least 16 characters. It has all rights, and the name admin. Default: `tokens`, one of the two is needed.",
        },
        tokens: {
          value: {
            type: "list",
            items: {
              type: "object",
              fields: {
                name: {
                  value: { type: "string", title: "a name", example: "ops", maxLength: 64 },
                  description: "Who uses the token, for the logs.",
                },
                env: {
                  value: variable,
                  description: "The environment variable that has the token, at least 16 characters.",
                },
                rights: {
                  value: { type: "list", items: { type: "choice", choices: ["read", "push", "act"] } },
                  description:
                    "`read`: all that GET shows; `push`: to send to clients; `act`: to close, move and tag connections, to set the log level, to drain.",
                },
              },
              required: ["name", "env", "rights"],
            },
          },
          description:
            "Several tokens instead of one, with their rights. Default: `tokenEnv`, one of the two is needed.",
        },
        host: loopback,
      },
      required: ["port"],
      oneOf: ["tokenEnv", "tokens"],
    },
    defaultText: "off; host `127.0.0.1`",
    change: "unnoticed",
    description:
      "Serves the admin and push API of all modules of the process on this port, to clients that have a token. The tokens come from the environment or from code, never from the spec. Modules that enable it must set the same values.",
  },
  metrics: {
    setter: ["enableMetrics", "{ prometheus }?"],
    value: {
      type: "object",
      fields: {
        prometheus: {
          value: {
            type: "object",
            fields: {
              path: {
                value: { ...probePath, example: "/internal/metrics" },
                description: "Path of the page.",
                default: prometheus.path,
              },
              port: { value: port, description: "Port to listen on.", default: prometheus.port },
              host: loopback,
            },
          },
          description: "Serves the metrics as a page that Prometheus reads. Default: no page.",
        },
      },
    },
    short: { value: boolean, title: "true, false, or a mapping with prometheus" },
    defaultText: "off; with `prometheus`: path `/metrics`, port 9464, host `127.0.0.1`",
    change: "unnoticed",
    description:
      "Measures all modules of the process with OpenTelemetry: connections, handshakes, commands, messages, slow consumers, the event loop and memory. With `prometheus`, they are on a page for Prometheus; without it, they go to the global MeterProvider that the program has registered. Modules that enable it must set the same values.",
  },
  traces: {
    setter: ["enableTraces", "enabled = true"],
    value: boolean,
    default: false,
    change: "unnoticed",
    description:
      "Writes spans of handshakes, commands and pushes with OpenTelemetry, to the global TracerProvider that the program has registered. Commands and events carry the field `traceparent`, so that browser, command, event and other browsers are one trace. One module enables it for all modules of the process.",
  },
  storeConnection: {
    setter: ["disableStoreConnection"],
    value: boolean,
    default: true,
    change: { sent: "events that are pushed" },
    description:
      "Keeps the open connections in the connection manager, for look-ups. Push, rooms, tags and the admin API need no manager.",
  },
  maxMessageSize: {
    setter: ["setMaxMessageSize", "bytes"],
    value: messageSize,
    default: 4096,
    change: { limit: "clients that send more are closed with 1009" },
    description: "The largest inbound message. A larger one closes the connection with 1009.",
  },
  maxMessageBufferSize: {
    setter: ["setMaxMessageBufferSize", "bytes"],
    value: messageSize,
    default: 8192,
    change: { limit: "slower clients are dropped" },
    description:
      "Outbound bytes that may wait for one client, in addition to the bytes already given to its socket. A burst of one turn and one message of any size do not count. Above it, `slowConsumer` applies.",
  },
  writeWait: {
    setter: ["setWriteWait", "seconds"],
    value: duration,
    default: 10,
    change: { limit: "slower clients are dropped" },
    description:
      "How long a client may take no byte while data waits for it. Then the connection is dropped. It also limits the wait for the answer to a close frame, and each step at the end of a connection.",
  },
  pongWait: {
    setter: ["setPongWait", "seconds"],
    value: duration,
    default: 10,
    change: { limit: "slower clients are dropped" },
    description: "How long to wait for the answer to a ping before the client counts as gone.",
  },
  pingPeriod: {
    setter: ["setPingPeriod", "seconds"],
    value: duration,
    default: 10,
    change: "unnoticed",
    description: "The interval of the pings.",
  },
  executeTimeout: {
    setter: ["setExecuteTimeout", "seconds"],
    value: durationOrOff,
    default: 0,
    defaultText: "0 (off)",
    change: { limit: "longer commands get `timeout`" },
    description:
      "How long a command may run; 0 is no limit. After it, the client gets `timeout`, and `ctx.signal` is aborted.",
  },
  commandConcurrency: {
    setter: ["setCommandConcurrency", "count"],
    value: { type: "integer", minimum: 1, maximum: 1024 },
    default: 1,
    change: { own: "more than 1 if it was 1: replies are no longer in order" },
    description:
      "Commands of one connection that run at the same time. With 1 they run in the order received.",
  },
  inboundQueue: {
    setter: ["setInboundQueue", "{ frames, bytes }"],
    value: {
      type: "object",
      fields: {
        frames: {
          value: { type: "integer", minimum: 1, maximum: 1_000_000, unit: "frames" },
          description: "Frames that may wait.",
          default: inboundQueue.frames,
        },
        bytes: { value: messageSize, description: "Bytes that may wait.", default: inboundQueue.bytes },
      },
    },
    default: inboundQueue,
    defaultText: "128 frames, 1 MiB",
    change: "unnoticed",
    description:
      "Frames and bytes of one connection that may wait for execution. While the queue is full, its socket is not read.",
  },
  refusal: {
    setter: ["setRefusal", "how"],
    value: { type: "choice", choices: ["http", "close"] },
    default: "http",
    change: { fixed: "clients learn of a refusal in another way" },
    description:
      "How a refused client learns that `connect` failed: by an HTTP status, or by an error message and a close code. Browsers hide the HTTP status.",
  },
  subprotocols: {
    setter: ["setSubprotocols", "names"],
    value: {
      type: "list",
      // RFC 6455 §4.1: a token of RFC 9110 §5.6.2.
      items: {
        type: "string",
        title: "a subprotocol: letters, digits and !#$%&'*+-.^_`|~",
        example: "chat.v1",
        pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
      },
    },
    default: [],
    defaultText: "none",
    change: { members: "subprotocol" },
    description:
      "The subprotocols that the module speaks, in any order. The server selects the first one in the client's list that the module speaks. If there is none, the handshake succeeds without a subprotocol.",
  },
  compression: {
    setter: ["setCompression", "{ threshold }?"],
    value: {
      type: "object",
      fields: {
        threshold: {
          value: { type: "size", minimum: 0, maximum: gibibyte },
          description: "Smaller messages are not compressed.",
          default: 1024,
        },
      },
    },
    short: { value: boolean, title: "true, false, or a mapping with threshold" },
    defaultText: "off; threshold 1024",
    change: "unnoticed",
    description: "Offers permessage-deflate. Messages of fewer bytes than the threshold are not compressed.",
  },
  handshakeTimeout: {
    setter: ["setHandshakeTimeout", "seconds"],
    value: { type: "duration", exclusiveMinimum: 0, maximum: 3600 },
    default: 10,
    change: { limit: "slower handshakes are refused" },
    description:
      "How long a handshake may take, or a plain HTTP request until its response begins. Modules that share a port use the shortest.",
  },
  maxHeaderSize: {
    setter: ["setMaxHeaderSize", "bytes"],
    scope: "listener",
    value: { type: "size", minimum: 1024, maximum: 1_048_576 },
    default: 16_384,
    change: { limit: "longer requests get 431" },
    description: "The largest request head. A larger one gets 431.",
  },
  maxConnections: {
    setter: ["setMaxConnections", "count"],
    value: limitOrOff,
    default: 0,
    defaultText: "0 (no limit)",
    change: { limit: "clients beyond it are refused" },
    description: "Connections of the module at the same time; 0 is no limit.",
  },
  maxConnectionsPerAddress: {
    setter: ["setMaxConnectionsPerAddress", "count"],
    value: limitOrOff,
    default: 0,
    defaultText: "0 (no limit)",
    change: { limit: "clients beyond it are refused" },
    description: "Connections of the module from one remote address at the same time; 0 is no limit.",
  },
  commandRate: {
    setter: ["setCommandRate", "perSecond | { perSecond, burst }"],
    value: {
      type: "object",
      fields: {
        perSecond: { value: rate, description: "Messages per second." },
        burst: {
          value: { type: "integer", minimum: 1, maximum: 1_000_000, unit: "commands" },
          description: "Messages at once. Default: as many as in a second.",
        },
      },
      required: ["perSecond"],
    },
    short: {
      value: rate,
      title: "a number of commands per second, or a mapping with perSecond and burst",
    },
    defaultText: "off",
    change: { own: "a lower limit" },
    description:
      "Messages that one connection may send: `burst` at once, then `perSecond`. More get `rate_limited`.",
  },
  maxFragments: {
    setter: ["setMaxFragments", "count"],
    value: { type: "integer", minimum: 1, maximum: 1_048_576, unit: "fragments" },
    default: 1024,
    change: { limit: "messages in more fragments are closed with 1008" },
    description: "The most fragments of one message. One more closes the connection with 1008.",
  },
  maxJsonDepth: {
    setter: ["setMaxJsonDepth", "levels"],
    value: { type: "integer", minimum: 1, maximum: 1000, unit: "levels" },
    default: 64,
    change: { limit: "deeper messages are invalid" },
    description:
      "The deepest nesting of a message, in JSON or MessagePack. A deeper one is an invalid message.",
  },
  allowedOrigins: {
    setter: ["setAllowedOrigins", "origins"],
    value: {
      type: "list",
      items: {
        type: "string",
        title: "*, or an origin in lower case such as https://example.org",
        example: "https://example.org",
        pattern: "^(\\*|[a-z][a-z0-9+.-]*://[^\\s/?#@*A-Z]+)$",
      },
    },
    defaultText: "any in debug mode, the same origin in product mode",
    change: { own: originRemoved },
    description:
      "Origins that may connect, compared exactly; `*` allows any. Clients that send no origin are not browsers and may connect.",
  },
  trustProxy: {
    setter: ["setTrustProxy", "value"],
    value: {
      type: "anyOf",
      title: "true, false, or the number of proxies from 1 to 32",
      values: [boolean, { type: "integer", minimum: 1, maximum: 32 }],
    },
    default: false,
    change: "unnoticed",
    description:
      "Trusts the headers of this many proxies in front of the server: the client's address in `X-Forwarded-For` or `Forwarded`, and the host that it requested in `X-Forwarded-Host` or `Forwarded`.",
  },
  slowConsumer: {
    setter: ["setSlowConsumerPolicy", "policy"],
    value: { type: "choice", choices: ["close", "drop-newest", "drop-oldest"] },
    default: "close",
    change: { fixed: "clients that do not keep up are treated in another way" },
    description:
      "What happens if a client reads too slowly: its connection is closed with 1013, or the newest or the oldest event is dropped.",
  },
  replyFields: {
    setter: ["setReplyFields", "which"],
    value: { type: "choice", choices: ["all", "known"] },
    default: "all",
    change: { own: "`known`: fields that the schemas do not name are no longer sent" },
    description:
      "With `known`, replies and the data of events are sent without the fields that their schemas do not name, in both modes. Data without a schema is sent whole.",
  },
  envelope: {
    setter: ["setEnvelope", "options"],
    otherSetter: ["setCodec", "codec"],
    value: {
      type: "object",
      fields: {
        command: {
          value: { type: "string", title: "a field name", example: "type" },
          description: "The field that selects the command.",
          default: "command",
        },
        correlation: {
          value: { type: "string", title: "a field name", example: "requestId" },
          description: "The field with the correlation id, which the reply repeats.",
          default: "id",
        },
        unknownCommand: {
          value: reaction,
          description: "The reaction to a message with an unknown command.",
          default: "reply",
        },
        invalidMessage: {
          value: reaction,
          description: "The reaction to a frame that is not a message.",
          default: "reply",
        },
        codec: {
          value: { type: "choice", choices: ["json", "msgpack"] },
          description: "The encoding of messages.",
          default: "json",
        },
      },
    },
    default: {},
    defaultText:
      "`{ command: command, correlation: id, unknownCommand: reply, invalidMessage: reply, codec: json }`",
    repeated: "merge",
    change: { own: "every change of a field, a reaction or the codec" },
    description:
      "The format of messages: the fields of the command and the correlation id, the reaction to a message that selects no command, and the codec. In code also functions that shape replies, errors and events.",
  },
  tls: {
    setter: ["setTls", "{ certFile, keyFile, caFile?, requestCert? }"],
    scope: "listener",
    value: {
      type: "object",
      fields: {
        cert: {
          value: { ...path, example: "tls/chain.pem" },
          description: "File with the certificate chain, PEM.",
        },
        key: { value: { ...path, example: "tls/key.pem" }, description: "File with the private key, PEM." },
        ca: {
          value: { ...path, example: "tls/ca.pem" },
          description: "File with the authorities of client certificates, PEM. Default: those of Node.",
        },
        requestCert: { value: boolean, description: "Ask clients for a certificate.", default: false },
      },
      required: ["cert", "key"],
    },
    defaultText: "off",
    change: { own: "switching it on or off; requiring a certificate" },
    description:
      "Serves wss and https with these PEM files. With `requestCert` a client must present a certificate.",
  },
  host: {
    setter: ["setHost", "host"],
    scope: "listener",
    value: { type: "string", title: "an address of this machine", example: "127.0.0.1" },
    defaultText: "all interfaces",
    change: { own: "another address" },
    description: "The address to listen on.",
  },
  basePath: {
    setter: ["setBasePath", "path"],
    defaultText: "`/<flag>`",
    description:
      "The path that the routes of the module begin with, instead of its flag. Modules on the same port must have different ones. A path belongs to the module with the longest matching base path.",
  },
  connectionManager: {
    setter: ["setConnectionManager", "manager"],
    defaultText: "in memory",
    description: "Keeps the connections.",
  },
  logger: {
    setter: ["setLogger", "logger"],
    defaultText: "pino",
    description: "A logger to use instead of the built-in one. Then the other log options have no effect.",
  },
  middlewares: {
    setter: ["use", "...middlewares"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Koa middlewares for the HTTP requests and handshakes of the module. Further calls add to the list.",
  },
  appSetups: {
    setter: ["useApp", "setup"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Configures the Koa application of the port before its middlewares are added, for example `app.keys`. Further calls add to the list.",
  },
  listenerMiddlewares: {
    setter: ["useOnListener", "...middlewares"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Koa middlewares for all requests and handshakes on the port, also those of other modules. Further calls add to the list.",
  },
  httpRoutes: {
    setter: ["setHttpRoutes", "define"],
    defaultText: "none",
    description: "Adds HTTP routes below the module's base path to a koa-router.",
  },
  health: {
    setter: ["setHealth", "{ live, ready } | false"],
    scope: "listener",
    value: {
      type: "object",
      fields: {
        live: {
          value: probePath,
          description: "Answers 200 as long as the process runs.",
          default: health.live,
        },
        ready: {
          value: probePath,
          description: "Answers 200, or 503 while a check fails and from the beginning of the shutdown.",
          default: health.ready,
        },
      },
    },
    short: { value: boolean, title: "true, false, or a mapping with live and ready" },
    default: health,
    defaultText: "live `/healthz`, ready `/readyz`",
    change: "unnoticed",
    description:
      "The paths of the probes that the port answers to supervisors, without a token and before all middlewares. False: none.",
  },
  healthChecks: {
    setter: ["setHealthChecks", "{ name: check }"],
    default: {},
    defaultText: "none",
    repeated: "merge",
    description:
      "Functions that find out whether the process can serve clients. While one fails, the probe `ready` of every port answers 503. Further calls add checks.",
  },
  contract: {
    setter: ["setContract", "load"],
    defaultText: "none",
    description:
      'Loads the JSON Schemas and examples of the module\'s commands when the inspector asks for them, for the forms of "Try it".',
  },
  hooks: {
    setter: ["setHooks", "{ before, after, onError }"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Functions that run before every message, after every command, and when one fails. Further calls add to the list.",
  },
  guards: {
    setter: ["setGuards", "[guard]"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Functions that let a message in or refuse it, before its command is looked up. Further calls add to the list.",
  },
  rawHandler: {
    setter: ["setRawHandler", "handler"],
    defaultText: "off",
    description: "Handles every text and binary frame unchanged, without envelope and commands.",
  },
  events: {
    setter: ["setEvents", "rules"],
    default: {},
    defaultText: "none",
    repeated: "merge",
    description:
      "Rules for single events: a check of their data in debug mode, a policy for slow consumers, and how much is kept for clients that reconnect. Further calls add events.",
  },
  handshakeChecks: {
    setter: ["setHandshakeChecks", "checks"],
    default: {},
    defaultText: "none",
    repeated: "merge",
    description:
      "Converts and checks the path parameters, query, headers and cookies before `connect`. An invalid handshake is refused with 400 and all problems.",
  },
  presence: {
    setter: ["setPresence", "rules"],
    defaultText: "off",
    description:
      "The public state of a connection, for `room(name).members()`, and the events that tell the members of a room who enters and who leaves it.",
  },
  replayStore: {
    setter: ["setReplayStore", "store"],
    defaultText: "in memory",
    description: "Keeps the last events that have `replay`, for clients that reconnect.",
  },
  cluster: {
    setter: ["setCluster", "{ redis }"],
    value: {
      type: "object",
      fields: {
        redis: {
          value: {
            type: "anyOf",
            title: "a URL such as redis://localhost:6379, or a mapping with url, urlEnv and prefix",
            values: [
              redisUrl,
              {
                type: "object",
                fields: {
                  url: {
                    value: redisUrl,
                    description:
                      "Where Redis is, if `urlEnv` has no value. Default: none; one of the two is needed.",
                  },
                  urlEnv: {
                    value: {
                      ...variable,
                      title: "the name of an environment variable, such as REDIS_URL",
                      example: "REDIS_URL",
                    },
                    description: "The environment variable that has the URL. Default: none.",
                  },
                  prefix: {
                    value: { type: "string", title: "a prefix", example: "chat", maxLength: 64 },
                    description: "Begins all keys and channels.",
                    default: "wsgen",
                  },
                },
              },
            ],
          },
          description: "The processes share a Redis 7 or later.",
        },
      },
      required: ["redis"],
    },
    defaultText: "off",
    change: "unnoticed",
    description:
      "Joins the processes that share an engine to a cluster: a push reaches the connections of all of them, and clients resume at any of them. In code it may also be an engine, such as `redisCluster({ url })`.",
  },
} as const satisfies Readonly<Record<string, OptionData>>;

/** Every option of a command. */
export const commandOptions = {
  errorMessage: {
    setter: ["disableErrorMessage"],
    otherSetter: ["closePushCommandErrorMessage"],
    value: boolean,
    default: true,
    change: { sent: "the errors" },
    description: "Sends the command's errors to the client.",
  },
  logUpData: {
    setter: ["disableLogUpData"],
    otherSetter: ["closeLogUpData"],
    value: boolean,
    default: true,
    change: "unnoticed",
    description: "Logs the command's inbound data when the module logs.",
  },
  logDownData: {
    setter: ["disableLogDownData"],
    otherSetter: ["closeLogDownData"],
    value: boolean,
    default: true,
    change: "unnoticed",
    description: "Logs the command's outbound data when the module logs.",
  },
  responseData: {
    setter: ["disableResponseData"],
    otherSetter: ["closeResponseData"],
    value: boolean,
    default: true,
    change: { sent: "the results" },
    description: "Sends the command's result to the client.",
  },
  executeTimeout: {
    setter: ["setCommandTimeout", "seconds"],
    value: durationOrOff,
    default: 0,
    defaultText: "the module's",
    change: { own: "a lower limit" },
    description: "How long the command may run; 0 is no limit.",
  },
  guards: {
    setter: ["setCommandGuards", "[guard]"],
    default: [],
    defaultText: "none",
    repeated: "append",
    description:
      "Functions that let a message of this command in or refuse it, after those of the module and before its request is checked. Further calls add to the list.",
  },
  requestConversion: {
    setter: ["setRequestConversion", "conversion"],
    defaultText: "nothing is converted",
    description:
      "Fills the spec's defaults into each request and makes bytes of base64, before it is checked.",
  },
  requestCheck: {
    setter: ["setRequestCheck", "validator"],
    defaultText: "no check",
    description: "Checks every request. An invalid one gets `invalid_request`.",
  },
  replyConversion: {
    setter: ["setReplyConversion", "conversion"],
    defaultText: "nothing is converted",
    description: "Makes base64 of the bytes in each reply, unless the codec has bytes.",
  },
  replyCheck: {
    setter: ["setReplyCheck", "validator"],
    defaultText: "no check",
    description: "Checks every reply in debug mode. An invalid one is logged, and the client gets `failed`.",
  },
  knownFields: {
    setter: ["setKnownFields", "fields"],
    defaultText: "none",
    description: "The fields that the module's `replyFields: known` keeps in the replies of the command.",
  },
} as const satisfies Readonly<Record<string, OptionData>>;

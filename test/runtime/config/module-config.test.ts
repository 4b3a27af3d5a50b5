import { describe, expect, it, vi } from "vitest";
import * as commandOptions from "../../../runtime/src/config/command-options.js";
import { resolveCommandConfig, resolveModuleConfig } from "../../../runtime/src/config/module-config.js";
import * as moduleOptions from "../../../runtime/src/config/module-options.js";
import type { AdminToken, ModuleOptions } from "../../../runtime/src/config/module-types.js";
import { commandRules, moduleRules } from "../../../runtime/src/config/option-rules.js";
import { Secret } from "../../../runtime/src/config/secret.js";
import type { SetWSServerConfig } from "../../../runtime/src/contract.js";
import { ConfigurationError } from "../../../runtime/src/errors.js";

const {
  setWSServerLogEnable,
  setMaxMessageSize,
  setLogLevel,
  setEnvelope,
  setCodec,
  use,
  setCommandRate,
  setHooks,
} = moduleOptions;

const token = "0123456789abcdef";
const secret = expect.any(Secret);
const adminOff = { port: 9000, host: "127.0.0.1", tokenEnv: undefined, token: undefined, tokens: undefined };

describe("resolveModuleConfig", () => {
  it.each([
    [
      "setEnvelope",
      setEnvelope({ command: undefined, correlation: undefined, reply: undefined, batch: undefined }),
      setEnvelope({}),
    ],
    ["setEnvelope", setEnvelope({ codec: undefined, unknownCommand: undefined }), setEnvelope({})],
    ["setHooks", setHooks({ before: undefined, after: undefined, onError: undefined }), setHooks({})],
    [
      "enableAdmin",
      moduleOptions.enableAdmin(9000, { host: undefined, tokenEnv: undefined, token }),
      moduleOptions.enableAdmin(9000, { token }),
    ],
  ])("%s takes undefined for what is not given", (_name, one, other) => {
    const shown = (option: SetWSServerConfig) => JSON.stringify(resolveModuleConfig("chat", [option]));
    expect(shown(one)).toBe(shown(other));
  });

  it.each([
    ["production", "product"],
    ["development", "debug"],
    ["", "debug"],
    [undefined, "debug"],
  ])("setMode: with NODE_ENV %s the mode is %s, unless it is set", (environment, mode) => {
    vi.stubEnv("NODE_ENV", environment);
    expect(resolveModuleConfig("chat", []).mode).toBe(mode);
    expect(resolveModuleConfig("chat", [moduleOptions.setMode("debug")]).mode).toBe("debug");
    expect(resolveModuleConfig("chat", [moduleOptions.setMode("product")]).mode).toBe("product");
    vi.unstubAllEnvs();
  });

  it("gives the contract's defaults when nothing is set", () => {
    expect(resolveModuleConfig("chat", [])).toEqual({
      ...{
        mode: "debug",
        log: undefined,
        logConsole: true,
        logLevel: "debug",
        logRedact: [],
        pprof: undefined,
        admin: undefined,
        metrics: undefined,
        traces: false,
      },
      ...{ storeConnection: true, maxMessageSize: 4096, maxMessageBufferSize: 8192 },
      ...{ writeWait: 10, pongWait: 10, pingPeriod: 10, executeTimeout: 0, commandConcurrency: 1 },
      ...{ inboundQueue: { frames: 128, bytes: 1_048_576 }, refusal: "http", subprotocols: [] },
      ...{ compression: undefined, handshakeTimeout: 10, maxHeaderSize: 16_384 },
      ...{
        maxConnections: 0,
        maxConnectionsPerAddress: 0,
        commandRate: undefined,
        maxFragments: 1024,
        maxJsonDepth: 64,
      },
      ...{
        allowedOrigins: undefined,
        trustProxy: false,
        slowConsumer: "close",
        replyFields: "all",
        envelope: {},
        tls: undefined,
      },
      ...{
        host: undefined,
        basePath: undefined,
        connectionManager: undefined,
        logger: undefined,
        middlewares: [],
      },
      ...{
        appSetups: [],
        listenerMiddlewares: [],
        httpRoutes: undefined,
        health: { live: "/healthz", ready: "/readyz" },
        healthChecks: {},
        hooks: [],
        guards: [],
        rawHandler: undefined,
        events: {},
        handshakeChecks: {},
        replayStore: undefined,
        warnings: [],
      },
    });
  });

  it.each<[keyof ModuleOptions, SetWSServerConfig, unknown]>([
    ["mode", moduleOptions.setMode("product"), "product"],
    ["logConsole", moduleOptions.enableConsoleLog(false), false],
    ["logLevel", setLogLevel("dpanic"), "dpanic"],
    ["logRedact", moduleOptions.setLogRedaction(["data.password"]), ["data.password"]],
    ["pprof", moduleOptions.enablePprof(6060), { port: 6060, host: "127.0.0.1" }],
    ["pprof", moduleOptions.enablePprof(6060, { host: "::1" }), { port: 6060, host: "::1" }],
    ["admin", moduleOptions.enableAdmin(9000, { tokenEnv: "T" }), { ...adminOff, tokenEnv: "T" }],
    ["traces", moduleOptions.enableTraces(), true],
    ["metrics", moduleOptions.enableMetrics(), { prometheus: undefined }],
    [
      "metrics",
      moduleOptions.enableMetrics({ prometheus: { port: 1 } }),
      { prometheus: { path: "/metrics", port: 1, host: "127.0.0.1" } },
    ],
    [
      "admin",
      moduleOptions.enableAdmin(9000, { host: "::", token }),
      { ...adminOff, host: "::", token: secret },
    ],
    [
      "admin",
      moduleOptions.enableAdmin(9000, {
        tokens: [
          { name: "ops", env: "T", rights: ["read", "act"] },
          { name: "bot", token, rights: ["push"] },
        ],
      }),
      {
        ...adminOff,
        tokens: [
          { name: "ops", env: "T", token: undefined, rights: ["read", "act"] },
          { name: "bot", env: undefined, token: secret, rights: ["push"] },
        ],
      },
    ],
    ["storeConnection", moduleOptions.disableStoreConnection(), false],
    ...[
      moduleOptions.setLogFile({ path: "logs", file: "a.log", level: "info", split: "day" }),
      setWSServerLogEnable("logs", "a.log", "info", "day"),
    ].map((option): [keyof ModuleOptions, SetWSServerConfig, unknown] => [
      "log",
      option,
      { path: "logs", file: "a.log", level: "info", split: "day" },
    ]),
    ["inboundQueue", moduleOptions.setInboundQueue({ bytes: 10 }), { frames: 128, bytes: 10 }],
    ["commandRate", setCommandRate({ perSecond: 1.5 }), { perSecond: 1.5, burst: 2 }],
    ["maxMessageSize", setMaxMessageSize(16_384), 16_384],
    ["maxMessageBufferSize", moduleOptions.setMaxMessageBufferSize(1), 1],
    ["writeWait", moduleOptions.setWriteWait(0.5), 0.5],
    ["pongWait", moduleOptions.setPongWait(1), 1],
    ["pingPeriod", moduleOptions.setPingPeriod(86_400), 86_400],
    ["executeTimeout", moduleOptions.setExecuteTimeout(0), 0],
    ["commandConcurrency", moduleOptions.setCommandConcurrency(1024), 1024],
    ["inboundQueue", moduleOptions.setInboundQueue({ frames: 1, bytes: 10 }), { frames: 1, bytes: 10 }],
    ["refusal", moduleOptions.setRefusal("close"), "close"],
    ["subprotocols", moduleOptions.setSubprotocols(["v2.chat", "v1.chat"]), ["v2.chat", "v1.chat"]],
    ["compression", moduleOptions.setCompression(), { threshold: 1024 }],
    ["compression", moduleOptions.setCompression({ threshold: 0 }), { threshold: 0 }],
    ["handshakeTimeout", moduleOptions.setHandshakeTimeout(2), 2],
    ["maxHeaderSize", moduleOptions.setMaxHeaderSize(1024), 1024],
    ["maxConnections", moduleOptions.setMaxConnections(5), 5],
    ["maxConnectionsPerAddress", moduleOptions.setMaxConnectionsPerAddress(5), 5],
    ["commandRate", setCommandRate(10), { perSecond: 10, burst: 10 }],
    ["commandRate", setCommandRate(0.5), { perSecond: 0.5, burst: 1 }],
    ["commandRate", setCommandRate({ perSecond: 10, burst: 20 }), { perSecond: 10, burst: 20 }],
    ["maxFragments", moduleOptions.setMaxFragments(65_536), 65_536],
    ["maxJsonDepth", moduleOptions.setMaxJsonDepth(3), 3],
    ["allowedOrigins", moduleOptions.setAllowedOrigins(["https://a.example"]), ["https://a.example"]],
    [
      "allowedOrigins",
      moduleOptions.setAllowedOrigins(["chrome-extension://abc"]),
      ["chrome-extension://abc"],
    ],
    ["trustProxy", moduleOptions.setTrustProxy(2), 2],
    ["slowConsumer", moduleOptions.setSlowConsumerPolicy("drop-oldest"), "drop-oldest"],
    ["replyFields", moduleOptions.setReplyFields("known"), "known"],
    ["tls", moduleOptions.setTls({ certFile: "c", keyFile: "k" }), { certFile: "c", keyFile: "k" }],
    ["host", moduleOptions.setHost("127.0.0.1"), "127.0.0.1"],
    ["basePath", moduleOptions.setBasePath("/"), "/"],
    ["basePath", moduleOptions.setBasePath("/api/v1/"), "/api/v1/"],
    ...[16, 512].map((length): [keyof ModuleOptions, SetWSServerConfig, unknown] => [
      "admin",
      moduleOptions.enableAdmin(9000, { token: "t".repeat(length) }),
      expect.objectContaining({ port: 9000 }),
    ]),
  ])("getWSServerConfig: %s is the value of its functional option", (name, option, expected) => {
    expect(resolveModuleConfig("chat", [option])[name]).toEqual(expected);
  });

  it.each<[keyof ModuleOptions, SetWSServerConfig]>([
    ["mode", moduleOptions.setMode("test" as "debug")],
    ["log", setWSServerLogEnable("logs", "../escape.log")],
    ["log", setWSServerLogEnable("logs", "a.log", "info", "week" as "day")],
    ["logConsole", moduleOptions.enableConsoleLog("yes" as unknown as boolean)],
    ["logRedact", moduleOptions.setLogRedaction("data" as unknown as string[])],
    ["basePath", moduleOptions.setBasePath("api")],
    ["basePath", moduleOptions.setBasePath("/:id")],
    ["basePath", moduleOptions.setBasePath("/a/../b")],
    ["basePath", moduleOptions.setBasePath("/a/./b")],
    ["pprof", moduleOptions.enablePprof(65_536)],
    ["traces", moduleOptions.enableTraces("yes" as never)],
    ["metrics", moduleOptions.enableMetrics({ prometheus: { port: -1 } })],
    ["metrics", moduleOptions.enableMetrics({ prometheus: { path: "metrics" } })],
    ["metrics", moduleOptions.enableMetrics({ prometheus: { endpoint: "/m" } as never })],
    ["metrics", moduleOptions.enableMetrics({ prometheus: "/metrics" as never })],
    ["admin", moduleOptions.enableAdmin(9000)],
    ["admin", moduleOptions.enableAdmin(-1, { token })],
    ["admin", moduleOptions.enableAdmin(9000, { token: 16 as unknown as string })],
    ["admin", moduleOptions.enableAdmin(9000, { token: "short" })],
    ["admin", moduleOptions.enableAdmin(9000, { token: "t".repeat(15) })],
    ["admin", moduleOptions.enableAdmin(9000, { token: "t".repeat(513) })],
    ["admin", moduleOptions.enableAdmin(9000, { token, tokenEnv: "T" })],
    ["admin", moduleOptions.enableAdmin(9000, { token, tokens: [] })],
    ...[
      null,
      {},
      { name: "a", rights: [], env: "T", token },
      { name: "a", rights: [] },
      { name: "a", rights: [], token: "short" },
      { name: "", rights: [], token },
      { name: "a", rights: ["write"], token },
      { name: "a", rights: ["read", "read"], token },
      { name: "a", rights: [], token, more: 1 },
    ].map((each): [keyof ModuleOptions, SetWSServerConfig] => [
      "admin",
      moduleOptions.enableAdmin(9000, { tokens: [each as AdminToken] }),
    ]),
    ["maxMessageSize", setMaxMessageSize(0)],
    ["maxMessageSize", setMaxMessageSize(2 ** 30 + 1)],
    ["maxMessageSize", setMaxMessageSize(1.5)],
    ["maxMessageSize", setMaxMessageSize(Number.NaN)],
    ["maxMessageBufferSize", moduleOptions.setMaxMessageBufferSize(-1)],
    ["writeWait", moduleOptions.setWriteWait(0)],
    ["pongWait", moduleOptions.setPongWait(Number.POSITIVE_INFINITY)],
    ["pingPeriod", moduleOptions.setPingPeriod("10" as unknown as number)],
    ["executeTimeout", moduleOptions.setExecuteTimeout(-1)],
    ["commandConcurrency", moduleOptions.setCommandConcurrency(1025)],
    ["inboundQueue", moduleOptions.setInboundQueue({ frames: 0, bytes: 10 })],
    ["refusal", moduleOptions.setRefusal("tcp" as "http")],
    ["subprotocols", moduleOptions.setSubprotocols(["a b"])],
    ["subprotocols", moduleOptions.setSubprotocols(["a", "a"])],
    ["compression", moduleOptions.setCompression({ threshold: -1 })],
    ["handshakeTimeout", moduleOptions.setHandshakeTimeout(0)],
    ["maxHeaderSize", moduleOptions.setMaxHeaderSize(10)],
    ["maxConnections", moduleOptions.setMaxConnections(-1)],
    ["maxConnectionsPerAddress", moduleOptions.setMaxConnectionsPerAddress(0.5)],
    ["commandRate", setCommandRate({ perSecond: 0, burst: 1 })],
    ["commandRate", setCommandRate({ perSecond: 1, burst: 0.5 })],
    ["maxFragments", moduleOptions.setMaxFragments(0)],
    ["maxJsonDepth", moduleOptions.setMaxJsonDepth(0)],
    ["allowedOrigins", moduleOptions.setAllowedOrigins(["https://a.example/"])],
    ["allowedOrigins", moduleOptions.setAllowedOrigins(["https://A.example"])],
    ["allowedOrigins", moduleOptions.setAllowedOrigins(["https://a.example:443"])],
    ["allowedOrigins", moduleOptions.setAllowedOrigins(["https://*.example"])],
    ["trustProxy", moduleOptions.setTrustProxy(0)],
    ["slowConsumer", moduleOptions.setSlowConsumerPolicy("wait" as "close")],
    ["replyFields", moduleOptions.setReplyFields("some" as "known")],
    ["envelope", setEnvelope({ unknownCommand: 1005 })],
    ["envelope", setEnvelope({ unknownCommand: 2999 })],
    ["envelope", setEnvelope({ command: "" })],
    ["envelope", setEnvelope({ commando: "op" } as object)],
    ["envelope", setCodec({ decode: JSON.parse } as never)],
    ["tls", moduleOptions.setTls({ certFile: "c" } as never)],
    ["host", moduleOptions.setHost("")],
    ["logger", moduleOptions.setLogger({} as never)],
    ["middlewares", use("koa" as never)],
    ["httpRoutes", moduleOptions.setHttpRoutes({} as never)],
    ["hooks", setHooks({ before: 1 } as never)],
    ["guards", moduleOptions.setGuards(() => ["loggedIn"] as never)],
    ["rawHandler", moduleOptions.setRawHandler("echo" as never)],
  ])("getWSServerConfig: refuses a bad %s with its module, value and range", (name, option) => {
    const resolve = () => resolveModuleConfig("chat", [option]);
    expect(resolve).toThrow(ConfigurationError);
    expect(resolve).toThrow(`module "chat": ${name} is `);
    const { range } = moduleRules[name].check;
    expect(resolve).toThrow(range);
  });

  const odd: unknown[] = [
    undefined,
    null,
    0,
    -1,
    Number.NaN,
    "",
    "x",
    true,
    1n,
    Symbol("s"),
    () => undefined,
  ];
  odd.push([], [null], {}, { perSecond: null }, Object.create(null), new Proxy({}, {}));

  it.each(Object.entries(moduleOptions))(
    "%s: an odd argument is at most a ConfigurationError",
    (_name, set) => {
      for (const first of odd) {
        for (const second of odd) {
          try {
            resolveModuleConfig("chat", [(set as (...args: unknown[]) => SetWSServerConfig)(first, second)]);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigurationError);
          }
        }
      }
    },
  );

  it("words a refusal so that it can be put right", () => {
    expect(() => resolveModuleConfig("chat", [setMaxMessageSize(0)])).toThrow(
      'module "chat": maxMessageSize is 0; allowed (bytes): a whole number from 1 to 1073741824. Set it with setMaxMessageSize(bytes).',
    );
  });

  it("refuses a value that is not a functional option, or not a list of them", () => {
    expect(() => resolveModuleConfig("chat", undefined as never)).toThrow(
      'module "chat": the options are undefined; expected a list.',
    );
    expect(() => resolveModuleConfig("chat", [{ maxMessageSize: 1 } as never])).toThrow(
      'module "chat": { maxMessageSize: 1 } is not a module option.',
    );
  });

  it("refuses an option of a command, and names of the prototype", () => {
    const forCommand = commandOptions.closeLogUpData() as unknown as SetWSServerConfig;
    expect(() => resolveModuleConfig("chat", [forCommand])).toThrow("unknown module option logUpData");
    expect(() => resolveModuleConfig("chat", [(config) => config.set("constructor", 1)])).toThrow(
      ConfigurationError,
    );
  });

  it("fills in a log file from its flag and its level", () => {
    const options = [setLogLevel("warn"), setWSServerLogEnable()];
    expect(resolveModuleConfig("a/b", options).log).toEqual({
      path: "logs",
      file: "a_b.log",
      level: "warn",
      split: "hour",
    });
  });

  it("falls back to debug with a warning for an unknown level", () => {
    const config = resolveModuleConfig("chat", [
      setLogLevel("verbose" as "debug"),
      setWSServerLogEnable("logs", "a.log", "chatty" as "debug"),
    ]);
    expect(config.logLevel).toBe("debug");
    expect(config.log?.level).toBe("debug");
    expect(config.warnings).toEqual([
      "unknown log level verbose; debug is used",
      "unknown log level chatty; debug is used",
    ]);
  });

  it("takes the original's numbers for levels", () => {
    expect(resolveModuleConfig("chat", [setLogLevel(4 as unknown as "panic")]).logLevel).toBe("panic");
  });

  it("lets the last of two options win", () => {
    expect(resolveModuleConfig("chat", [setMaxMessageSize(1), setMaxMessageSize(2)]).maxMessageSize).toBe(2);
  });

  it("joins middlewares, envelopes and hooks of several calls", () => {
    const [first, second] = [async () => undefined, async () => undefined];
    const config = resolveModuleConfig("chat", [
      use(first),
      use(second),
      setEnvelope({ command: "op" }),
      setCodec("msgpack"),
      setHooks({ before: first }),
      setHooks({ after: second }),
    ]);
    expect(config.middlewares).toEqual([first, second]);
    expect(config.envelope).toEqual({ command: "op", codec: "msgpack" });
    expect(config.hooks).toEqual([{ before: first }, { after: second }]);
  });
});

describe("resolveCommandConfig", () => {
  const moduleConfig = resolveModuleConfig("chat", [moduleOptions.setExecuteTimeout(3)]);
  const resolve = (...options: Parameters<typeof resolveCommandConfig>[2]) =>
    resolveCommandConfig("chat", "say", options, moduleConfig);

  it("sends and logs everything by default, with the module's time limit", () => {
    const allOn = { errorMessage: true, logUpData: true, logDownData: true, responseData: true, guards: [] };
    expect(resolve()).toEqual({ ...allOn, executeTimeout: 3 });
  });

  it("switches off what its options say, by our names and by those of the contract", () => {
    const { disableErrorMessage, disableLogUpData, disableLogDownData, disableResponseData } = commandOptions;
    const { closePushCommandErrorMessage, closeLogUpData, closeLogDownData, closeResponseData } =
      commandOptions;
    for (const options of [
      [disableErrorMessage(), disableLogUpData(), disableLogDownData(), disableResponseData()],
      [closePushCommandErrorMessage(), closeLogUpData(), closeLogDownData(), closeResponseData()],
    ]) {
      expect(resolve(...options)).toEqual({
        ...{ errorMessage: false, logUpData: false, logDownData: false, responseData: false },
        executeTimeout: 3,
        guards: [],
      });
    }
    expect(resolve(closeLogUpData())).toMatchObject({ logUpData: false, logDownData: true });
  });

  it("getConfigOption: replaces the module's time limit, also by no limit", () => {
    expect(resolve(commandOptions.setCommandTimeout(0)).executeTimeout).toBe(0);
  });

  it("names module, command and range of a bad value", () => {
    expect(() => resolve(commandOptions.setCommandTimeout(-1))).toThrow(
      `module "chat", command "say": executeTimeout is -1; allowed (seconds): ${commandRules.executeTimeout.check.range}.`,
    );
  });
});

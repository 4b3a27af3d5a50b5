// The metrics of a server, as Prometheus reads them.

import { metrics as globalMetrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, test } from "vitest";
import {
  bindErrors,
  enableMetrics,
  type MetricsOptions,
  type SetWSServerConfig,
  StartError,
  setEvents,
  setHandshakeTimeout,
  setLogger,
  setMaxConnections,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer, WebSocket } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../../serve/define-module.js";
import { eventually } from "../../support/leak-check.js";
import { recordingLogger } from "../../support/recording-logger.js";
import { readExposition, type Sample } from "./exposition.js";

let server: TestServer;
afterEach(() => server?.close());

const errors = bindErrors<{ noRoom: undefined }>({ noRoom: { code: "no_room", message: "No room." } });
const commands = [
  ping,
  defineCommand("declared", () => errors.noRoom()),
  defineCommand("undeclared", (_ctx, { code }) => new WebsocketError(code, "Made up.")),
  defineCommand("tell", (ctx: WSContext, { event }) => ctx.emit(event, 1)),
];

let log = recordingLogger();
const page = () => {
  const [line] = log.lines.filter(({ message }) => message === "metrics listening");
  const { port, path } = (line?.fields ?? {}) as { port?: number; path?: string };
  return `http://127.0.0.1:${port}${path}`;
};

async function start(
  definition: ModuleDefinition = {},
  { prometheus = { port: 0 }, config = [] }: MetricsOptions & { config?: readonly SetWSServerConfig[] } = {},
): Promise<void> {
  log = recordingLogger();
  const options = [setLogger(log), enableMetrics({ prometheus }), setEvents({ told: {} }), ...config];
  server = await startModules(defineModule({ commands, ...definition, config: options }));
}

const connect = () => connectClient(server.url("/test/ws"));
const read = async () => readExposition(await fetch(page()).then((response) => response.text()));

/** The samples of a name, without the labels that all have. */
const of = (samples: readonly Sample[], name: string): object[] =>
  samples
    .filter((sample) => sample.name === name)
    .map(({ labels: { otel_scope_name, otel_scope_version, wsgen_module, ...labels }, value }) => ({
      ...labels,
      value,
    }));

describe("enableMetrics: the page", () => {
  test("counts each command by its outcome, with its duration", async () => {
    await start();
    const client = await connect();
    await client.request("ping");
    await client.request("ping");
    await client.request("declared").catch(() => {});
    const samples = await read();
    const calls = { rpc_system_name: "wsgen" };
    expect(of(samples, "rpc_server_call_duration_count")).toEqual([
      { ...calls, rpc_method: "test/ping", value: 2 },
      { ...calls, rpc_method: "test/declared", error_type: "no_room", value: 1 },
    ]);
    const buckets = of(samples, "rpc_server_call_duration_bucket") as { le: string; value: number }[];
    expect(buckets.filter(({ le }) => le === "+Inf").map(({ value }) => value)).toEqual([2, 1]);
    // Cumulative: no bucket has less than the one before it.
    expect(buckets.slice(0, 15).map(({ value }) => value)).toEqual(
      buckets
        .slice(0, 15)
        .map(({ value }) => value)
        .sort(),
    );
  });

  test.each([
    ["never answers", () => new Promise<void>(() => {})],
    [
      "fails later",
      () => new Promise<void>((_resolve, reject) => setTimeout(() => reject(new Error("late")), 500)),
    ],
    ["succeeds later", () => new Promise<void>((resolve) => setTimeout(resolve, 500))],
  ])(
    "counts a client that leaves during its handshake as abandoned, also if connect %s",
    async (_title, connectLate) => {
      await start({ connect: connectLate }, { config: [setHandshakeTimeout(1)] });
      const client = new WebSocket(server.url("/test/ws"));
      client.on("error", () => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      client.terminate();
      const counts = async () => of(await read(), "http_server_request_duration_count");
      await expect.poll(counts).toEqual([
        {
          http_request_method: "GET",
          http_route: "/test/ws",
          url_scheme: "http",
          error_type: "abandoned",
          value: 1,
        },
      ]);
    },
  );

  test("has connections, handshakes by status, messages and bytes", async () => {
    await start({}, { config: [setMaxConnections(1)] });
    const client = await connect();
    await connect().catch(() => {});
    client.send('{"command":"ping"}');
    await client.next();
    const samples = await read();
    expect(of(samples, "signalr_server_active_connections")).toEqual([
      { signalr_transport: "web_sockets", value: 1 },
    ]);
    const handshake = { http_request_method: "GET", http_route: "/test/ws", url_scheme: "http" };
    expect(of(samples, "http_server_request_duration_count")).toEqual([
      { ...handshake, http_response_status_code: "101", value: 1 },
      { ...handshake, http_response_status_code: "503", error_type: "too_busy", value: 1 },
    ]);
    const directions = (received: number, transmitted: number) => [
      { network_io_direction: "receive", value: received },
      { network_io_direction: "transmit", value: transmitted },
    ];
    expect(of(samples, "wsgen_server_messages_total")).toEqual(directions(1, 1));
    expect(of(samples, "wsgen_server_io_total")).toEqual(directions(18, 17));
    await client.close(1000);
    await eventually(
      () => server.serve.module("test").stats().connections === 0,
      () => "the connection is left",
    );
    expect(of(await read(), "signalr_server_connection_duration_count")).toEqual([
      { signalr_connection_status: "normal_closure", signalr_transport: "web_sockets", value: 1 },
    ]);
  });

  test("has pushes by event, queues, the event loop and memory", async () => {
    await start();
    const client = await connect();
    await client.request("tell", { event: "told" });
    server.serve.module("test").all.emit("told", 1);
    const samples = await read();
    expect(of(samples, "wsgen_server_pushes_total")).toEqual([{ wsgen_event: "told", value: 2 }]);
    expect(of(samples, "wsgen_server_push_receivers_total")).toEqual([{ wsgen_event: "told", value: 2 }]);
    const names = new Set(samples.map(({ name }) => name));
    for (const name of [
      "wsgen_server_waiting_bytes",
      "wsgen_server_waiting_bytes_max",
      "wsgen_server_waiting_commands",
      "wsgen_server_timeouts_total",
      "wsgen_server_resumes_total",
      "wsgen_server_draining",
      "nodejs_eventloop_delay_max",
      "nodejs_eventloop_utilization",
      "v8js_memory_heap_used",
      "v8js_memory_heap_limit",
      "process_memory_usage",
    ])
      expect(names).toContain(name);
  });

  test("has no label that the contract does not know, whatever clients and code send", async () => {
    await start();
    const client = await connect();
    const hostile = ["constructor", "__proto__", 'a"b\\n{}', "x".repeat(200), "tést\n# TYPE x counter"];
    for (const name of hostile) {
      await client.request(name).catch(() => {});
      await client.request("undeclared", { code: name }).catch(() => {});
      await client.request("tell", { event: name });
      await connectClient(server.url(`/test/${encodeURIComponent(name)}`)).catch(() => {});
    }
    const samples = await read();
    const values = (label: string) => new Set(samples.flatMap(({ labels }) => labels[label] ?? []));
    expect(values("rpc_method")).toEqual(new Set(["_OTHER", "test/undeclared", "test/tell"]));
    expect(values("error_type")).toEqual(new Set(["unknown_command", "_OTHER"]));
    expect(values("wsgen_event")).toEqual(new Set(["told", "_OTHER"]));
    expect(values("http_route")).toEqual(new Set(["/test/ws"]));
    expect(of(samples, "wsgen_server_pushes_total")).toEqual([
      { wsgen_event: "told", value: 0 },
      { wsgen_event: "_OTHER", value: 5 },
    ]);
  });

  test.each([
    ["another path", "/", {}, 404],
    ["a path below it", "/metrics/x", {}, 404],
    ["another method", "/metrics", { method: "POST" }, 405],
    ["a query", "/metrics?name[]=x", {}, 200],
    ["HEAD", "/metrics", { method: "HEAD" }, 200],
  ] as const)("with %s", async (_title, path, init, status) => {
    await start();
    const response = await fetch(new URL(path, page()), init);
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(status === 405 ? "GET, HEAD" : null);
  });

  test("on loopback, is not shown to a page whose name leads there", async () => {
    await start();
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const { port } = new URL(page());
      request(
        { port, host: "127.0.0.1", path: "/metrics", headers: { Host: "evil.example" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      ).end();
    });
    expect(status).toBe(403);
  });

  test("outside loopback, is warned about, and has its own path", async () => {
    await start({}, { prometheus: { port: 0, host: "0.0.0.0", path: "/own" } });
    expect(page()).toMatch(/\/own$/);
    expect((await fetch(page())).status).toBe(200);
    expect(log.lines.map(({ message }) => message)).toContain(
      "the metrics are reachable from other machines, without TLS and without a token",
    );
  });

  test("closes with the server", async () => {
    await start();
    const url = page();
    await server.close();
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe("several modules", () => {
  const module = (flag: string, ...config: readonly SetWSServerConfig[]) =>
    defineModule({ flag, port: 10_000 + flag.length, commands, config: [setLogger(log), ...config] });

  test("share one page, which one of them enables", async () => {
    log = recordingLogger();
    server = await startModules(module("a", enableMetrics({ prometheus: { port: 0 } })), module("bb"));
    const client = await connectClient(server.url("/bb/ws"));
    await client.request("ping");
    expect((await read()).filter(({ name }) => name === "rpc_server_call_duration_count")).toMatchObject([
      { labels: { wsgen_module: "bb", rpc_method: "bb/ping" }, value: 1 },
    ]);
  });

  test("that do not agree do not start", async () => {
    const start = startModules(
      module("a", enableMetrics({ prometheus: { port: 0 } })),
      module("bb", enableMetrics({ prometheus: { port: 0, path: "/other" } })),
    );
    await expect(start).rejects.toThrow(StartError);
    await expect(start).rejects.toThrow('the modules "a" and "bb" must agree on metrics');
  });
});

test("a port that is taken stops the start, and names the module and the address", async () => {
  await start();
  const { port } = new URL(page());
  const second = defineModule({
    flag: "second",
    config: [enableMetrics({ prometheus: { port: Number(port) } })],
  });
  await expect(startModules(second)).rejects.toThrow(
    `module "second": cannot serve the metrics on 127.0.0.1:${port}:`,
  );
});

describe("without prometheus", () => {
  afterEach(() => globalMetrics.disable());

  test("the metrics go to the global MeterProvider", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    globalMetrics.setGlobalMeterProvider(provider);
    server = await startModules(defineModule({ commands, config: [enableMetrics()] }));
    const client = await connect();
    await client.request("ping");
    await provider.forceFlush();
    const all = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const call = all.find(({ descriptor }) => descriptor.name === "rpc.server.call.duration");
    expect(call).toMatchObject({
      descriptor: { unit: "s" },
      dataPoints: [{ attributes: { "rpc.method": "test/ping" }, value: { count: 1 } }],
    });
    await server.close();
    await provider.shutdown();
  });

  test("a program without a MeterProvider is warned", async () => {
    log = recordingLogger();
    server = await startModules(defineModule({ config: [setLogger(log), enableMetrics()] }));
    expect(log.lines.map(({ message }) => message)).toContain(
      "metrics: no MeterProvider is registered, so nothing is measured; register one before the modules start",
    );
  });

  test("a MeterProvider whose instruments throw breaks no message", async () => {
    log = recordingLogger();
    const fail = () => {
      throw new Error("on purpose");
    };
    const instrument = { addCallback() {}, removeCallback: fail, record: fail, add: fail };
    const meter = new Proxy({}, { get: () => () => instrument });
    globalMetrics.setGlobalMeterProvider({ getMeter: () => meter } as never);
    server = await startModules(defineModule({ commands, config: [setLogger(log), enableMetrics()] }));
    const client = await connect();
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    await server.close();
    expect(log.lines.filter(({ message }) => message === "observer failed").length).toBeGreaterThan(0);
  });
});

// Browser, command, event and other browser are one trace: with the in-memory exporter of the SDK.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  enableTraces,
  jsonRpcEnvelope,
  type SetWSServerConfig,
  setCodec,
  setEnvelope,
  setEvents,
  setLogger,
  setReplyFields,
  setRequestCheck,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { createClient } from "wsgen-runtime/client";
import { connectClient, startModules, type TestServer, WebSocket } from "wsgen-runtime/testing";
import { refuseFields } from "wsgen-runtime/validation";
import { defineCommand, defineModule, type ModuleDefinition } from "../../serve/define-module.js";
import { eventually } from "../../support/leak-check.js";
import { recordingLogger } from "../../support/recording-logger.js";
import { nextTurn } from "../../support/sockets.js";

/** The context manager of the SDK for Node, in short. */
class Contexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active = () => this.#storage.getStore() ?? ROOT_CONTEXT;
  with: ContextManager["with"] = (active, run, that, ...args) =>
    this.#storage.run(active, () => run.apply(that as never, args));
  bind: ContextManager["bind"] = (_active, target) => target;
  enable = () => this;
  disable = () => this;
}

const exporter = new InMemorySpanExporter();
let server: TestServer;

beforeEach(() => {
  context.setGlobalContextManager(new Contexts());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
});
afterEach(async () => {
  await server?.close();
  exporter.reset();
  trace.disable();
  context.disable();
});

const commands = [
  defineCommand("say", (ctx: WSContext, data) => {
    ctx.module.all.emit("said", data);
    return data;
  }),
  defineCommand("work", async () => {
    await nextTurn();
    trace.getTracer("the user's").startSpan("query").end();
  }),
  defineCommand("refuse", () => new WebsocketError("no_room", "No room.")),
  defineCommand("break", () => Promise.reject(new Error("unexpected"))),
];

async function start(
  config: readonly SetWSServerConfig[] = [],
  definition: ModuleDefinition = {},
): Promise<void> {
  server = await startModules(
    defineModule({ commands, ...definition, config: [enableTraces(), setEvents({ said: {} }), ...config] }),
  );
}

const connect = (options?: Parameters<typeof connectClient>[1]) =>
  connectClient(server.url("/test/ws"), options);
const spans = () => exporter.getFinishedSpans();
function span(name: string): ReadableSpan {
  const found = spans().find((each) => each.name === name);
  if (found === undefined) throw new Error(`No span ${name}: ${spans().map((each) => each.name)}`);
  return found;
}

const [traceId, spanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
const traceparent = `00-${traceId}-${spanId}-01`;

test("enableTraces: browser, command, event and other browser are one trace", async () => {
  await start();
  const url = server.url("/test/ws");
  const seen: unknown[] = [];
  const other = createClient(url, {
    WebSocket,
    trace: {
      runEvent(found, event, run) {
        seen.push([found, event]);
        run();
      },
    },
  });
  await using _closed = other;
  const heard = other.once("said");
  await eventually(
    () => other.state === "open",
    () => "not open",
  );
  await using own = createClient(url, { WebSocket, trace: { getTraceparent: () => traceparent } });
  await own.request("say", { text: "hi" });
  expect(await heard).toEqual({ text: "hi" });
  const [command, push] = [span("test/say"), span("send said")];
  expect(command).toMatchObject({
    kind: SpanKind.SERVER,
    parentSpanContext: { traceId, spanId, isRemote: true },
  });
  expect(command.attributes).toMatchObject({ "rpc.system.name": "wsgen", "rpc.method": "test/say" });
  expect(push).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanContext: command.spanContext() });
  expect(push.attributes["messaging.batch.message_count"]).toBe(2);
  expect(seen).toEqual([[`00-${traceId}-${push.spanContext().spanId}-01`, "said"]]);
});

test("a handshake is a span of HTTP, and a command without a traceparent is a trace of its own with a link to it", async () => {
  await start();
  const client = await connect({ headers: { traceparent } });
  await client.request("work");
  const [handshake, command] = [span("GET /test/ws"), span("test/work")];
  expect(handshake).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: { traceId, spanId } });
  expect(handshake.attributes).toMatchObject({
    "http.request.method": "GET",
    "http.route": "/test/ws",
    "http.response.status_code": 101,
    "url.path": "/test/ws",
  });
  expect(command.parentSpanContext).toBeUndefined();
  expect(command.spanContext().traceId).not.toBe(traceId);
  expect(command.links.map((link) => link.context)).toEqual([handshake.spanContext()]);
});

test("spans of the user's code are children of the command, also after it has waited", async () => {
  await start();
  const client = await connect();
  await client.request("work");
  expect(span("query").parentSpanContext).toEqual(span("test/work").spanContext());
});

test("errors have their code; only those of the server make the span an error", async () => {
  await start();
  const client = await connect();
  for (const name of ["refuse", "break", "nothing"]) await client.request(name).catch(() => {});
  const found = (name: string) => [span(name).attributes["error.type"], span(name).status.code];
  // No spec declares it.
  expect(found("test/refuse")).toEqual(["_OTHER", SpanStatusCode.UNSET]);
  expect(found("test/break")).toEqual(["failed", SpanStatusCode.ERROR]);
  expect(found("_OTHER")).toEqual(["unknown_command", SpanStatusCode.UNSET]);
});

test.each([
  ["a number", 7],
  ["an object", { traceId }],
  ["no dashes", "00"],
  ["zeros as its trace", `00-${"0".repeat(32)}-${spanId}-01`],
  ["zeros as its span", `00-${traceId}-${"0".repeat(16)}-01`],
  ["capital letters", traceparent.toUpperCase()],
  ["version ff", `ff${traceparent.slice(2)}`],
  ["version 00 with more", `${traceparent}-x`],
  ["a line break", `${traceparent}\n`],
  ["too many characters", `01${traceparent.slice(2)}-${"x".repeat(300)}`],
])("a traceparent that is %s is ignored, and the command runs without it", async (_title, value) => {
  await start();
  const client = await connect();
  expect(await client.request("say", { traceparent: value })).toEqual({});
  expect(span("test/say").parentSpanContext).toBeUndefined();
});

test("a traceparent of a later version is read", async () => {
  await start();
  const client = await connect();
  await client.request("say", { traceparent: `01${traceparent.slice(2)}-more` });
  expect(span("test/say").parentSpanContext).toMatchObject({ traceId, spanId });
});

describe("the field is part of the envelope:", () => {
  test("a command without fields does not refuse it, and no command sees it", async () => {
    const seen: unknown[] = [];
    const none = defineCommand("none", (_ctx, data) => void seen.push(data), [setRequestCheck(refuseFields)]);
    await start([setReplyFields("known")], { commands: [none] });
    const client = await connect();
    await client.request("none", { traceparent });
    expect(seen).toEqual([{}]);
    expect(span("test/none").parentSpanContext).toMatchObject({ traceId });
  });

  test.each<[string, SetWSServerConfig, object, object]>([
    [
      "JSON-RPC",
      setEnvelope(jsonRpcEnvelope),
      { jsonrpc: "2.0", method: "say", params: {}, id: 1 },
      { jsonrpc: "2.0", method: "said", params: {} },
    ],
    [
      "other names",
      setEnvelope({ command: "do", correlation: "no" }),
      { do: "say", no: 1 },
      { event: "said", data: {} },
    ],
  ])("with %s", async (_title, envelope, message, event) => {
    await start([envelope]);
    const client = await connect();
    client.send({ ...message, traceparent });
    expect(await client.next()).toEqual({ ...event, traceparent: expect.stringContaining(traceId) });
    expect(span("test/say").parentSpanContext).toMatchObject({ traceId, spanId });
  });

  test("with MessagePack", async () => {
    await start([setCodec("msgpack")]);
    const client = await connect({ envelope: { codec: "msgpack" } });
    await client.request("say", { traceparent });
    expect(await client.next()).toEqual({
      event: "said",
      data: {},
      traceparent: expect.stringContaining(traceId),
    });
  });

  test("a replayed event has that of its push, behind its place", async () => {
    await start([setEvents({ said: { replay: { last: 5 } } })]);
    const client = await connect();
    await client.request("say", { traceparent });
    const { epoch, offset } = (await client.next()) as { epoch: string; offset: number };
    const late = await connect();
    late.send({ resume: [{ event: "said", epoch, offset: offset - 1 }] });
    expect(await late.next()).toEqual({
      ...{ event: "said", data: {}, epoch, offset },
      traceparent: expect.stringContaining(traceId),
    });
  });
});

describe("without enableTraces", () => {
  const startWithout = async () => {
    server = await startModules(defineModule({ commands, config: [setEvents({ said: {} })] }));
  };

  test("there are no spans, and no byte more on the wire", async () => {
    await startWithout();
    const client = await connect();
    const texts: string[] = [];
    client.socket.on("message", (data) => texts.push(String(data)));
    client.send({ command: "say", id: 1, traceparent });
    await client.next();
    await client.next();
    expect(texts).toEqual(['{"event":"said","data":{}}', '{"command":"say","id":1,"data":{}}']);
    expect(spans()).toEqual([]);
  });

  test("a program without a TracerProvider sends no byte more either", async () => {
    trace.disable();
    await start();
    const client = await connect();
    client.send({ command: "say", id: 1 });
    expect(await client.next()).toEqual({ event: "said", data: {} });
  });
});

test("a tracer that throws breaks no message", async () => {
  trace.disable();
  const fail = () => {
    throw new Error("on purpose");
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) });
  const log = recordingLogger();
  await start([setLogger(log)]);
  const client = await connect();
  expect(await client.request("say", { text: "hi" })).toEqual({ text: "hi" });
  expect(log.lines.filter(({ message }) => message === "observer failed").length).toBeGreaterThan(1);
});

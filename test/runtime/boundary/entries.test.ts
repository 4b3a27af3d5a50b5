// Walks the table of `boundary.ts`: whatever fails in an entry, the process lives, the client gets an answer or a close,
// and what the connection held is given back.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server } from "node:http";
import { types } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  enableAdmin,
  type Logger,
  memoryCluster,
  setCluster,
  setCommandTimeout,
  setConnectionManager,
  setContract,
  setEnvelope,
  setEvents,
  setExecuteTimeout,
  setGuards,
  setHandshakeChecks,
  setHandshakeTimeout,
  setHealthChecks,
  setHooks,
  setHttpRoutes,
  setLogger,
  setMaxConnections,
  setMode,
  setPingPeriod,
  setPresence,
  setRawHandler,
  setRefusal,
  setReplayStore,
  setReplyCheck,
  setRequestCheck,
  use,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { type Entry, entries } from "../../../runtime/src/boundary.js";
import { Connection } from "../../../runtime/src/connection/connection.js";
import { Heartbeat } from "../../../runtime/src/connection/heartbeat.js";
import type { Observer } from "../../../runtime/src/connection/observers.js";
import { SocketOutbox } from "../../../runtime/src/connection/socket-outbox.js";
import { HandshakeAttempt } from "../../../runtime/src/server/handshake-attempt.js";
import type { RunningServe } from "../../../runtime/src/server/running-serve.js";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { formatRequest } from "../server/http-exchange.js";
import { frame } from "../support/frames.js";
import { eventually, inTime } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";

// biome-ignore lint/suspicious/noExplicitAny: it stands for functions of every type
type Misbehave = () => any;

const boom = () => new Error("on purpose");
const fail = (thrown: unknown): never => {
  throw thrown;
};

/** Every trap throws. */
const hostile = (): object => new Proxy(boom(), new Proxy({}, { get: () => () => fail(new Error("trap")) }));

function unwritable(): object {
  const cycle: Record<string, unknown> = { big: 1n };
  cycle.self = cycle;
  return Object.defineProperty(cycle, "getter", { enumerable: true, get: () => fail(boom()) });
}

const misbehaviours: Readonly<Record<string, Misbehave>> = {
  "throws an Error": () => fail(boom()),
  "throws null": () => fail(null),
  "throws a proxy that throws": () => fail(hostile()),
  "throws a WebsocketError that no JSON holds": () =>
    fail(new WebsocketError("odd", "Odd.", { details: unwritable() })),
  rejects: () => Promise.reject(boom()),
  "rejects with null": () => Promise.reject(null),
  "returns an Error": boom,
  "returns a value that no JSON holds": unwritable,
  "returns a proxy that throws": hostile,
  "never settles": () => new Promise(() => {}),
};

/** Known to fail; a row that passes has to go. */
const todo: readonly string[] = [];

/** One way to reach an entry. */
interface Walk {
  define(bad: Misbehave): ModuleDefinition;
  readonly observers?: (bad: Misbehave) => readonly Observer[];
  /** Makes the runtime call the entry; resolves when the client has what it must get. */
  provoke(visit: Visit): Promise<void>;
}

interface Visit {
  readonly url: string;
  /** Undefined without the admin API. */
  readonly adminPort: number | undefined;
  readonly bad: Misbehave;
  /** How often the entry was called. */
  calls(): number;
  /** The client of this visit, gone with its end. */
  client(): RawClient;
}

const limitMs = 20_000;

/** An answer, a frame or the end, in time. */
async function answered(client: RawClient, hasAnswer: () => boolean): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The client got neither an answer nor a close.")), limitMs);
  });
  await Promise.race([client.until(hasAnswer).catch(() => {}), late]).finally(() => clearTimeout(timer));
  if (client.fault !== undefined) throw client.fault;
}

/** Its own functions misbehave, or those of all that it watches. */
const badObservers = (bad: Misbehave): readonly Observer[] => [
  new Proxy({}, { get: () => bad }),
  new Proxy({}, { get: () => () => ({ run: bad, ended: bad }) }),
];

const handshake = async ({ url, client: make }: Pick<Visit, "url" | "client">, path?: string) => {
  const client = make();
  client.send(Buffer.from(formatRequest({ line: `GET ${path ?? new URL(url).pathname} HTTP/1.1` })));
  await answered(client, () => client.answer.startsWith("HTTP/1.1 "));
  return client;
};

async function command(visit: Visit, name = "go"): Promise<void> {
  const client = await handshake(visit);
  const before = client.frames.length;
  client.send(frame({ payload: JSON.stringify({ command: name, id: 1 }) }));
  await answered(client, () => client.frames.length > before);
}

async function leave(visit: Visit): Promise<void> {
  const client = await handshake(visit);
  client.socket.end();
  await eventually(
    () => visit.calls() > 0,
    () => "the hook was not called",
  );
}

/** The HTTP server, as Node shows it to those who observe it. */
async function serverOf({ url }: Visit): Promise<Server> {
  let found: Server | undefined;
  const onRequest = (message: unknown) => {
    found = (message as { server: Server }).server;
  };
  subscribe("http.server.request.start", onRequest);
  await fetch(url.replace("ws:", "http:")).then((response) => response.text());
  unsubscribe("http.server.request.start", onRequest);
  if (found === undefined) throw new Error("Node shows no server.");
  return found;
}

/** Nobody waits for a header or a path: what rejects there is not the runtime's. */
const getter = (request: IncomingMessage, name: string, bad: Misbehave) =>
  Object.defineProperty(request, name, { configurable: true, get: () => silence(bad()) });

function silence(value: unknown): unknown {
  if (types.isPromise(value)) value.catch(() => undefined);
  return value;
}

const go = (run: Misbehave, options: Parameters<typeof defineCommand>[2] = []) =>
  defineCommand("go", run, options);
const withCommand = (...more: readonly [Misbehave, Parameters<typeof defineCommand>[2]?]) => ({
  commands: [go(...more)],
});
const done = () => ({ done: true });

/** What Node calls, made to fail inside: before its own work, or after it. */
function inject<Type extends object>(
  prototype: Type,
  name: keyof Type,
  bad: Misbehave,
  when: "before" | "after" = "before",
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  vi.spyOn(prototype as Record<string, Misbehave>, name as string).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    if (when === "before") silence(bad());
    const result = original.apply(this, args);
    if (when === "after") silence(bad());
    return result;
  } as Misbehave);
}

function loggerOf(bad: Misbehave): Logger {
  const line = () => bad();
  return { debug: line, info: line, warn: line, error: line, fatal: line, child: () => loggerOf(bad) };
}

const adminToken = "a-token-of-the-admin-api";

const walks: Readonly<Record<Entry, Walk>> = {
  serverError: {
    define: () => ({}),
    async provoke(visit) {
      const server = await serverOf(visit);
      let error: unknown;
      try {
        error = await Promise.race([visit.bad(), undefined]);
      } catch (thrown) {
        error = thrown;
      }
      server.emit("error", error as Error);
      await command(visit, "ping");
    },
  },
  upgrade: {
    define: () => ({}),
    async provoke(visit) {
      const server = await serverOf(visit);
      server.prependOnceListener("upgrade", (request) => getter(request, "headers", visit.bad));
      await handshake(visit);
    },
  },
  request: {
    define: () => ({ config: [setHttpRoutes((router) => router.get("/x", () => {}))] }),
    async provoke(visit) {
      const server = await serverOf(visit);
      server.prependOnceListener("request", (request) => getter(request, "url", visit.bad));
      const client = visit.client();
      client.send(Buffer.from("GET /test/x HTTP/1.1\r\nHost: a\r\n\r\n"));
      await answered(client, () => client.answer.startsWith("HTTP/1.1 "));
    },
  },
  socketEvent: {
    define(bad) {
      inject(Connection.prototype, "receive", bad);
      return {};
    },
    provoke: (visit) => command(visit, "ping"),
  },
  flush: {
    define(bad) {
      inject(SocketOutbox.prototype as unknown as Record<string, Misbehave>, "write", bad);
      return {};
    },
    provoke: (visit) => command(visit, "ping"),
  },
  tick: {
    define(bad) {
      inject(Heartbeat.prototype, "check", bad);
      return { config: [setPingPeriod(0.1)] };
    },
    async provoke(visit) {
      const client = await handshake(visit);
      await eventually(
        () => visit.calls() > 0,
        () => "no tick",
      );
      client.send(frame({ payload: JSON.stringify({ command: "ping" }) }));
      await answered(client, () => client.frames.length > 0);
    },
  },
  timer: {
    define(bad) {
      inject(HandshakeAttempt.prototype, "timeOut", bad);
      let isFirst = true;
      return {
        connect: () => {
          if (!isFirst) return undefined;
          isFirst = false;
          return new Promise<void>(() => {});
        },
      };
    },
    provoke: async (visit) => void (await handshake(visit)),
  },
  handshakeCheck: {
    define: (bad) => ({ config: [setHandshakeChecks({ query: { check: bad, fields: {} } })] }),
    provoke: async (visit) => void (await handshake(visit)),
  },
  connect: {
    define: (bad) => ({ connect: () => bad() }),
    provoke: async (visit) => void (await handshake(visit)),
  },
  close: { define: (bad) => ({ close: () => bad() }), provoke: leave },
  disconnect: { define: (bad) => ({ disconnect: () => bad() }), provoke: leave },
  rawHandler: {
    define: (bad) => ({
      commands: [],
      config: [
        setRawHandler((ctx) => {
          const made = bad();
          ctx.send("received");
          return made;
        }),
      ],
    }),
    provoke: (visit) => command(visit),
  },
  middleware: {
    define: (bad) => ({
      config: [use(async (_ctx, next) => ((await bad()) === undefined ? next() : undefined))],
    }),
    provoke: async (visit) => void (await handshake(visit)),
  },
  healthCheck: {
    define: (bad) => ({ config: [setHealthChecks({ database: bad })] }),
    provoke: async ({ url }) => void (await fetch(new URL("/readyz", url.replace("ws:", "http:")))),
  },
  contract: {
    define: (bad) => ({ config: [setContract(bad), enableAdmin(0, { token: adminToken })] }),
    async provoke({ adminPort }) {
      const headers = { authorization: `Bearer ${adminToken}` };
      const answer = await fetch(`http://127.0.0.1:${adminPort}/inspector/contract`, { headers });
      expect(await answer.json()).toEqual({ modules: { test: { commands: {} } }, hasDocs: false });
    },
  },
  execute: { define: (bad) => withCommand(bad), provoke: (visit) => command(visit) },
  before: {
    define: (bad) => ({ ...withCommand(done), config: [setHooks({ before: bad })] }),
    provoke: (visit) => command(visit),
  },
  guard: {
    define: (bad) => ({ ...withCommand(done), config: [setGuards([() => bad() ?? true])] }),
    provoke: (visit) => command(visit),
  },
  after: {
    define: (bad) => ({ ...withCommand(done), config: [setHooks({ after: bad })] }),
    provoke: (visit) => command(visit),
  },
  onError: {
    define: (bad) => ({ ...withCommand(() => fail(boom())), config: [setHooks({ onError: bad })] }),
    provoke: (visit) => command(visit),
  },
  abortListener: {
    define: (bad) => withCommand((...[ctx]: unknown[]) => onAbort(ctx, bad)),
    provoke: (visit) => command(visit),
  },
  requestCheck: {
    define: (bad) => withCommand(done, [setRequestCheck(bad)]),
    provoke: (visit) => command(visit),
  },
  replyCheck: {
    define: (bad) => withCommand(done, [setReplyCheck(bad)]),
    provoke: (visit) => command(visit),
  },
  decode: {
    define: (bad) => ({
      config: [setEnvelope({ command: (message) => bad() ?? (message as { command: string }).command })],
    }),
    provoke: (visit) => command(visit, "ping"),
  },
  encodeReply: {
    define: (bad) => ({
      config: [
        setEnvelope({ reply: ({ command, correlationId: id }, data) => bad() ?? { command, id, data } }),
      ],
    }),
    provoke: (visit) => command(visit, "ping"),
  },
  encodeError: {
    define: (bad) => ({ config: [setEnvelope({ error: (error) => bad() ?? { error } })] }),
    provoke: (visit) => command(visit, "nope"),
  },
  encodeEvent: {
    define: (bad) => ({
      ...withCommand(
        (...[ctx]: unknown[]) => void (ctx as { emit(name: string, data: unknown): void }).emit("e", 1),
      ),
      config: [setEnvelope({ event: (event, data) => bad() ?? { event, data } })],
    }),
    provoke: (visit) => command(visit),
  },
  publicState: {
    define: (bad) => ({
      commands: [
        defineCommand("go", (ctx) =>
          ctx.module
            .room("a")
            .members()
            .then(() => "listed"),
        ),
      ],
      connect: (ctx) => ctx.join("a"),
      config: [setPresence({ state: bad, join: "joined", leave: "left" })],
    }),
    provoke: (visit) => command(visit),
  },
  eventCheck: {
    define: (bad) => ({
      commands: [defineCommand("go", (ctx) => void ctx.emit("e", 1))],
      config: [setMode("debug"), setEvents({ e: { check: bad } })],
    }),
    provoke: (visit) => command(visit),
  },
  observer: {
    define: () => withCommand((...[ctx]: unknown[]) => (ctx as WSContext).emit("event", 1)),
    observers: badObservers,
    provoke: (visit) => command(visit),
  },
  logger: {
    define: (bad) => ({ config: [setLogger(loggerOf(bad))] }),
    provoke: (visit) => command(visit, "ping"),
  },
  connectionManager: {
    define: (bad) => ({
      config: [setConnectionManager({ store: bad, remove: bad, find: bad, list: bad, clear: bad })],
    }),
    provoke: (visit) => command(visit, "ping"),
  },
  replayStore: {
    define: (bad) => ({
      commands: [defineCommand("go", (ctx) => void ctx.module.all.emit("e", 1))],
      config: [setEvents({ e: { replay: { last: 10 } } }), setReplayStore({ append: bad, history: bad })],
    }),
    async provoke(visit) {
      await command(visit);
      const client = await handshake(visit);
      client.send(frame({ payload: JSON.stringify({ resume: [{ event: "e", epoch: "x", offset: 1 }] }) }));
      client.send(frame({ payload: JSON.stringify({ command: "go", id: 2 }) }));
      await answered(client, () => client.frames.length > 0);
    },
  },
  cluster: {
    define: (bad) => ({
      connect: (ctx) => ctx.join("r"),
      commands: [
        defineCommand("go", (ctx) => void [ctx.module.all.emit("e", 1), ctx.module.to("x").send(1)]),
      ],
      config: [
        setEvents({ e: { replay: { last: 10 } } }),
        setCluster({ name: "bad", join: () => joinBadly(bad) }),
      ],
    }),
    provoke: (visit) => command(visit),
  },
};

/** A link whose calls fail once the server has started. */
async function joinBadly(bad: Misbehave) {
  const link = await memoryCluster().join({ id: "bad", receive() {}, changed() {}, ended() {} });
  const fail = bad as () => never;
  return {
    ...link,
    publish: fail,
    append: fail,
    history: fail,
    store: fail,
    find: fail,
    list: fail,
  };
}

/** It never settles: its signal is aborted when its time is up. */
function onAbort(ctx: unknown, bad: Misbehave): Promise<never> {
  (ctx as { signal: AbortSignal }).signal.addEventListener("abort", bad);
  return new Promise(() => {});
}

const listens: Readonly<Record<string, Walk>> = {
  "abortListener, of a connect that takes too long": {
    define(bad) {
      let isFirst = true;
      return {
        connect(ctx) {
          if (!isFirst) return undefined;
          isFirst = false;
          return onAbort(ctx, bad);
        },
      };
    },
    provoke: async (visit) => void (await handshake(visit)),
  },
  "abortListener, of a client that leaves": {
    define: (bad) => ({
      connect(ctx) {
        ctx.signal.onabort = bad;
      },
    }),
    provoke: leave,
  },
  "abortListener, of a command whose client leaves": {
    define: (bad) => withCommand((...[ctx]: unknown[]) => onAbort(ctx, bad), [setCommandTimeout(0)]),
    async provoke(visit) {
      const client = await handshake(visit);
      client.send(frame({ payload: JSON.stringify({ command: "go", id: 1 }) }));
      client.socket.end();
      await eventually(
        () => visit.calls() > 0,
        () => "the listener was not called",
      );
    },
  },
};

const viaClose = (walk: Walk): Walk => ({
  ...walk,
  define(bad) {
    const definition = walk.define(bad);
    return { ...definition, config: [...(definition.config ?? []), setRefusal("close")] };
  },
});

const rows: readonly (readonly [string, Walk])[] = [
  ...Object.entries(walks),
  ["connect, refused with a close", viaClose(walks.connect)],
  ...Object.entries(listens),
];

let faults: unknown[] = [];
const record = (error: unknown) => void faults.push(error);
const events = ["unhandledRejection", "uncaughtException"] as const;
let runners: (readonly [string, NodeJS.UncaughtExceptionListener])[] = [];

beforeEach(() => {
  faults = [];
  // The runner's own listeners would make the whole run fail, and say nothing of the entry.
  runners = events.flatMap((name) =>
    process.listeners(name as "uncaughtException").map((one) => [name, one] as const),
  );
  for (const name of events) process.removeAllListeners(name).on(name, record);
});

afterEach(() => {
  for (const name of events) process.removeAllListeners(name);
  for (const [name, listener] of runners) process.on(name, listener);
  vi.restoreAllMocks();
});

async function walkThrough(walk: Walk, misbehave: Misbehave): Promise<void> {
  let isArmed = true;
  let calls = 0;
  const bad: Misbehave = () => {
    if (!isArmed) return undefined;
    calls += 1;
    return misbehave();
  };
  const { config = [], commands = [], ...definition } = walk.define(bad);
  const isRaw = walk === walks.rawHandler;
  const server = await startModules(
    defineModule({
      ...definition,
      commands: isRaw ? [] : [ping, ...commands],
      // Long enough for the client that behaves, on a machine whose other processes take their turns.
      config: [setHandshakeTimeout(0.5), setExecuteTimeout(0.5), setMaxConnections(1), ...config],
    }),
  );
  const { observers } = server.serve as RunningServe;
  for (const observer of walk.observers?.(bad) ?? []) observers.add(observer);
  const clients: RawClient[] = [];
  const url = server.url("/test/ws");
  const client = () => {
    for (const one of clients) one.socket.destroy();
    const made = new RawClient(url);
    clients.push(made);
    return made;
  };
  const stats = () => server.serve.module("test").stats();
  try {
    // The one place is free again before the next client comes.
    const adminPort = server.serve.admin?.port;
    await walk.provoke({ url, adminPort, bad, calls: () => calls, client });
    for (const one of clients) one.socket.destroy();
    expect(calls).toBeGreaterThan(0);
    await eventually(
      () => stats().connections === 0,
      () => "a connection is left",
    );
    isArmed = false;
    await expectServed(url, isRaw);
    await inTime(server.serve.close({ deadlineMs: 500 }), "the end of the shutdown");
    expect(faults).toEqual([]);
  } finally {
    for (const one of clients) one.socket.destroy();
    await server.close();
  }
}

async function expectServed(url: string, isRaw: boolean): Promise<void> {
  const next = await connectClient(url);
  if (isRaw) {
    next.send("x");
    await next.next();
  } else {
    expect(await next.request("ping")).toEqual({ ping: "pong" });
  }
  await next.close(1000);
}

test("every entry of the table is walked", () => {
  expect(Object.keys(walks)).toEqual(Object.keys(entries));
});

describe.each(rows)("%s", (entry, walk) => {
  test.each(Object.entries(misbehaviours))("%s", async (how, misbehave) => {
    const walked = walkThrough(walk, misbehave);
    if (todo.includes(`${entry}: ${how}`)) await expect(walked).rejects.toThrow();
    else await walked;
  });
});

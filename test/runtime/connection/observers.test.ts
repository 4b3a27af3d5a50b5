// The seam that metrics, traces and the inspector share: each fact once, with its outcome, and nothing without an observer.
import { afterEach, describe, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setAllowedOrigins,
  setCommandGuards,
  setCommandRate,
  setEvents,
  setMaxMessageBufferSize,
  setRefusal,
  setRequestCheck,
  setSlowConsumerPolicy,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import type { Observer, Watch } from "../../../runtime/src/connection/observers.js";
import type { RunningServe } from "../../../runtime/src/server/running-serve.js";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { eventually } from "../support/leak-check.js";
import { nextTurn, rawSocket } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

type Fact = readonly [what: string, ...facts: unknown[]];

/** Writes down each fact when it is complete. */
function recordingObserver(facts: Fact[]): Observer {
  const watch = <Outcome extends object>(
    what: string,
    subject: unknown,
    read = (outcome: Outcome): object => outcome,
  ) => ({ ended: (outcome) => facts.push([what, subject, read(outcome)]) }) as Watch<Outcome>;
  return {
    handshakeBegan: ({ url }) =>
      watch("handshake", url, ({ status, code, module, route, connection }) => ({
        ...{ status, code, route, flag: module?.flag, isOpen: connection !== undefined },
      })),
    connectionOpened: () => facts.push(["opened"]),
    connectionEnded: (_connection, code) => facts.push(["ended", code]),
    commandBegan: ({ command }) => watch("command", command),
    pushBegan: ({ flag, event }) => watch("push", { flag, event }),
    messageDropped: (_connection, event) => facts.push(["dropped", event]),
    slowConsumerClosed: (_connection, event) => facts.push(["slow", event]),
    clientResumed: () => facts.push(["resumed"]),
    gapFound: (_connection, event) => facts.push(["gap", event]),
    drainBegan: ({ flag }) => watch("drain", flag),
  };
}

const of = (facts: readonly Fact[], ...kinds: string[]) => facts.filter(([kind]) => kinds.includes(kind));

async function start(definition: ModuleDefinition, ...config: readonly SetWSServerConfig[]): Promise<Fact[]> {
  server = await startModules(defineModule({ ...definition, config }));
  const facts: Fact[] = [];
  (server.serve as RunningServe).observers.add(recordingObserver(facts));
  return facts;
}

const connect = (query = "") => connectClient(server.url(`/test/ws${query}`));

describe("a command is observed with the code that its client gets", () => {
  const refuse = () => {
    throw new WebsocketError("no_room", "No room.");
  };
  const commands = [
    ping,
    defineCommand("refuse", refuse),
    defineCommand("later", () => Promise.reject(new Error("unexpected"))),
    defineCommand("checked", () => 1, [
      setRequestCheck(() => [{ pointer: "", rule: "type", message: "wrong" }]),
    ]),
    defineCommand("guarded", () => 1, [setCommandGuards([() => new WebsocketError("stranger", "Who?")])]),
  ];
  test.each<[string, string | undefined, unknown, string | undefined]>([
    ["with a result", "ping", { command: "ping", id: 1 }, undefined],
    ["that throws", "refuse", { command: "refuse", id: 1 }, "no_room"],
    ["that rejects", "later", { command: "later", id: 1 }, "failed"],
    ["whose data is wrong", "checked", { command: "checked", id: 1 }, "invalid_request"],
    ["that a guard refuses", "guarded", { command: "guarded", id: 1 }, "stranger"],
    ["that does not exist", undefined, { command: "constructor", id: 1 }, "unknown_command"],
    ["that the message does not name", undefined, { id: 1 }, "invalid_message"],
    ["in a message that is not JSON", undefined, "{", "invalid_message"],
  ])("%s", async (_title, command, message, code) => {
    const facts = await start({ commands });
    const client = await connect();
    client.send(message);
    await client.next();
    expect(of(facts, "command")).toEqual([["command", command, { code }]]);
  });

  test("above the limit of the rate", async () => {
    const facts = await start({ commands }, setCommandRate({ perSecond: 0.01, burst: 1 }));
    const client = await connect();
    for (const id of [1, 2]) client.send({ command: "ping", id });
    for (const _ of [1, 2]) await client.next();
    expect(of(facts, "command").map(([, , outcome]) => outcome)).toEqual([
      { code: undefined },
      { code: "rate_limited" },
    ]);
  });

  test("and a probe of the client is not a command", async () => {
    const facts = await start({ commands });
    const client = await connect();
    client.send({ command: "$probe", id: 1 });
    await client.next();
    expect(of(facts, "command")).toEqual([]);
  });
});

test("a command runs inside the contexts of all observers, with its guards and what it awaits, and only once", async () => {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const see = (): void => void seen.push(storage.getStore());
  const run = defineCommand("run", async () => {
    see();
    await nextTurn();
    see();
  }, [setCommandGuards([() => see() ?? true])]);
  server = await startModules(defineModule({ commands: [run] }));
  const { observers } = server.serve as RunningServe;
  const within = (run: (code: () => void) => unknown) => observers.add({ commandBegan: () => ({ run }) });
  within((code) => storage.run("span", code));
  // One that runs it again, one that does not run it, and one that fails after it.
  within((code) => [code(), code()]);
  within(() => {});
  within((code) => {
    code();
    throw new Error("on purpose");
  });
  const client = await connect();
  await client.request("run");
  expect(seen).toEqual(["span", "span", "span"]);
});

describe("a handshake is observed with its status", () => {
  const handshake = (outcome: object) => ({
    status: 101,
    code: undefined,
    route: "/test/ws",
    flag: "test",
    isOpen: false,
    ...outcome,
  });
  const refuse = async () => new WebsocketError("banned", "Banned.", { status: 410 });

  test("when it is accepted, with its connection, and then the end of this", async () => {
    const facts = await start({});
    const client = await connect("?a=1");
    await client.close(4000);
    await eventually(
      () => of(facts, "ended").length > 0,
      () => "the end was not observed",
    );
    expect(facts).toEqual([
      ["opened"],
      ["handshake", "/test/ws?a=1", handshake({ isOpen: true })],
      ["ended", 4000],
    ]);
  });

  test.each<[string, ModuleDefinition, SetWSServerConfig[], object]>([
    ["when connect refuses it", { connect: refuse }, [], { status: 410, code: "banned" }],
    ["when the refusal is a close", { connect: refuse }, [setRefusal("close")], { code: "banned" }],
    [
      "when its origin is not allowed",
      {},
      [setAllowedOrigins(["https://a.example"])],
      { status: 403, code: "origin_not_allowed" },
    ],
    [
      "when connect fails",
      { connect: () => Promise.reject(new Error("unexpected")) },
      [],
      { status: 500, code: "failed" },
    ],
  ])("%s", async (_title, definition, config, outcome) => {
    const facts = await start(definition, ...config);
    await connectClient(server.url("/test/ws"), { origin: "https://b.example" }).catch(() => {});
    await eventually(
      () => facts.length > 0,
      () => "no handshake",
    );
    expect(facts).toEqual([["handshake", "/test/ws", handshake(outcome)]]);
  });

  test("when no route has its path", async () => {
    const facts = await start({});
    await connectClient(server.url("/test/other")).catch(() => {});
    const nowhere = { status: 404, code: undefined, route: undefined, flag: undefined, isOpen: false };
    expect(facts).toEqual([["handshake", "/test/other", nowhere]]);
  });

  test("when the client leaves before its answer", async () => {
    let isCalled = false;
    const wait = ({ signal }: WSContext) => {
      isCalled = true;
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    const facts = await start({ connect: wait });
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(server.url("/test/ws"));
    socket.on("error", () => {});
    await eventually(
      () => isCalled,
      () => "connect was not called",
    );
    socket.terminate();
    await eventually(
      () => facts.length > 0,
      () => "no handshake",
    );
    expect(facts).toEqual([["handshake", "/test/ws", handshake({ status: undefined })]]);
  });
});

test("a push is observed with the number of its receivers, to many and to one", async () => {
  const tell = defineCommand("tell", (ctx: WSContext) => ctx.emit("told", 1));
  const facts = await start({ commands: [tell] });
  const clients = [await connect(), await connect()];
  const module = server.serve.module("test");
  module.all.emit("news", 1);
  module.all.send("text");
  module.room("empty").emit("news", 1);
  await clients[0]?.request("tell");
  const push = (event: string | undefined, receivers: number) => [
    "push",
    { flag: "test", event },
    { receivers },
  ];
  expect(of(facts, "push")).toEqual([push("news", 2), push(undefined, 2), push("news", 0), push("told", 1)]);
});

describe("a client that does not read", () => {
  const part = "x".repeat(100_000);
  const fill = async (isDone: () => boolean) => {
    const module = server.serve.module("test");
    const client = await connect();
    rawSocket(client).pause();
    for (let number = 0; !isDone(); number++) {
      module.all.emit(number % 10 === 0 ? "rare" : "frequent", part);
      await nextTurn();
      if (number > 10_000) throw new Error("The kernel takes everything.");
    }
    rawSocket(client).destroy();
  };
  const events = setEvents({ rare: {}, frequent: {} });

  test("is closed because of the event that most of its bytes are of", async () => {
    const facts = await start({}, events, setMaxMessageBufferSize(1_000_000));
    await fill(() => of(facts, "slow").length > 0);
    expect(of(facts, "slow")).toEqual([["slow", "frequent"]]);
  });

  test("loses messages, each with its event if it is declared", async () => {
    const facts = await start(
      {},
      setEvents({ rare: {} }),
      setSlowConsumerPolicy("drop-oldest"),
      setMaxMessageBufferSize(1_000_000),
    );
    await fill(() => of(facts, "dropped").length > 20);
    expect(new Set(of(facts, "dropped").map(([, event]) => event))).toEqual(new Set(["rare", undefined]));
    expect(server.serve.module("test").stats().messagesDropped).toBe(of(facts, "dropped").length);
  });
});

test("a client that comes back is observed, with the gap in what it missed", async () => {
  const facts = await start({}, setEvents({ message: { replay: { last: 1 } } }));
  const client = await connect();
  client.send({ resume: [{ event: "message", epoch: "of another run", offset: 3 }] });
  await client.next();
  expect(of(facts, "resumed", "gap")).toEqual([["resumed"], ["gap", "message"]]);
  expect(server.serve.module("test").stats()).toMatchObject({ resumes: 1, gaps: 1 });
});

test("a drain is observed with the number of connections that it closed", async () => {
  const facts = await start({});
  await connect();
  await server.serve.close();
  expect(of(facts, "drain")).toEqual([["drain", "test", { closed: 1, cut: 0 }]]);
});

test("bytes are counted in both directions", async () => {
  await start({ commands: [ping] });
  const client = await connect();
  client.send('{"command":"ping"}');
  await client.next();
  expect(server.serve.module("test").stats()).toMatchObject({ bytesIn: 18, bytesOut: 17 });
});

test("an observer that was removed sees nothing more", async () => {
  server = await startModules(defineModule({ commands: [ping] }));
  const { observers } = server.serve as RunningServe;
  const facts: Fact[] = [];
  const remove = observers.add(recordingObserver(facts));
  expect(observers.isActive).toBe(true);
  remove();
  expect(observers.isActive).toBe(false);
  const client = await connect();
  await client.request("ping");
  expect(facts).toEqual([]);
});

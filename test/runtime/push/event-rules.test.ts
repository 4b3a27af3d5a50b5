import { afterEach, describe, expect, test } from "vitest";
import {
  type EventRules,
  type ICommand,
  Mode,
  type SetWSServerConfig,
  setCompression,
  setEvents,
  setLogger,
  setMaxMessageBufferSize,
  setMode,
  setPingPeriod,
  setSlowConsumerPolicy,
  type WSContext,
} from "wsgen-runtime";
import {
  type ConnectOptions,
  connectClient,
  startModules,
  type TestClient,
  type TestServer,
} from "wsgen-runtime/testing";
import { addProblem } from "wsgen-runtime/validation";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";
import { nextTurn, rawSocket } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

const module = () => server.serve.module("test");
const padding = "x".repeat(64_000);

interface Started {
  readonly rules: EventRules;
  readonly config?: readonly SetWSServerConfig[];
  readonly commands?: readonly ICommand[];
  readonly options?: ConnectOptions;
}

async function start({ rules, config = [], commands = [], options = {} }: Started): Promise<TestClient> {
  const own = [setPingPeriod(100), setEvents(rules), ...config];
  server = await startModules(defineModule({ config: own, commands: [ping, ...commands] }));
  return connectClient(server.url("/test/ws"), options);
}

/** Blocks the outbox of a client that reads nothing: what is sent from now on waits. */
async function block(client: TestClient): Promise<number> {
  rawSocket(client).pause();
  let filling = 0;
  const before = () => module().stats().messagesDropped;
  while (before() === 0) {
    module().all.emit("filling", { number: filling, padding });
    filling += 1;
    await nextTurn();
    if (filling > 10_000) throw new Error("the kernel takes everything");
  }
  return filling;
}

/** The events of a name that came, once everything that waited has come. */
async function eventsOf(client: TestClient, name: string): Promise<unknown[]> {
  rawSocket(client).resume();
  client.send({ command: "ping" });
  const found: unknown[] = [];
  for (;;) {
    const message = (await client.next()) as { event?: string; data?: unknown; ping?: string };
    if (message.ping !== undefined) return found;
    if (message.event === name) found.push(message.data);
  }
}

describe.each([
  ["plain", {}, []],
  ["compressed", { perMessageDeflate: true }, [setCompression({ threshold: 1e9 })]],
] as const)("for a %s client that does not read", (_, options, compression) => {
  // Room for the filling to be dropped and for what the tests send beside it.
  const config = [setMaxMessageBufferSize(6_000_000), ...compression];
  const filling = { slowConsumer: "drop-oldest" } as const;

  test("of an event with latest the last of each key waits, in the order in which they came", async () => {
    const rules = { filling, price: { slowConsumer: { latest: "symbol" } } } as const;
    const client = await start({ rules, config, options });
    await block(client);
    const before = module().stats().messagesDropped;
    for (let price = 1; price <= 50; price++) {
      for (const symbol of ["a", "b"]) module().all.emit("price", { symbol, price });
    }
    module().all.emit("price", { symbol: "a", price: 51 });
    expect(module().stats().messagesDropped - before).toBe(99);
    expect(await eventsOf(client, "price")).toEqual([
      { symbol: "b", price: 50 },
      { symbol: "a", price: 51 },
    ]);
  });

  test("setEvents: an event that may not be dropped is kept, and others are dropped", async () => {
    const rules = { filling, paid: { slowConsumer: "close" } } as const;
    const client = await start({ rules, config, options });
    await block(client);
    module().all.emit("paid", { amount: 7 });
    for (let count = 0; count < 20; count++) {
      module().all.emit("filling", { padding });
      await nextTurn();
    }
    expect(await eventsOf(client, "paid")).toEqual([{ amount: 7 }]);
    expect(module().stats().slowConsumers).toBe(0);
  });

  test("it is closed when more of them waits than there is room for, with every policy of the module", async () => {
    const rules = { filling, paid: { slowConsumer: "close" } } as const;
    const all = [setSlowConsumerPolicy("drop-newest"), ...config];
    const client = await start({ rules, config: all, options });
    await block(client);
    for (let count = 0; count < 200 && module().stats().slowConsumers === 0; count++) {
      module().all.emit("paid", { padding });
      await nextTurn();
    }
    rawSocket(client).resume();
    expect((await client.closed).code).toBe(1013);
  });

  test("the newest of an event goes where that is its policy", async () => {
    const rules = { filling, step: { slowConsumer: "drop-newest" } } as const;
    const client = await start({ rules, config, options });
    await block(client);
    for (let number = 0; number < 200; number++) {
      module().all.emit("step", { number, padding });
      await nextTurn();
    }
    const numbers = (await eventsOf(client, "step")).map((data) => (data as { number: number }).number);
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_each, index) => index));
  });
});

describe("an event with a check", () => {
  const check = (value: unknown) =>
    typeof (value as { at?: unknown }).at === "string"
      ? undefined
      : addProblem(undefined, "/at", "type", "must be a string");
  const rules = { tick: { check } };
  const message = 'The event "tick" does not fit its schema: /at must be a string.';

  test("setEvents: an event that does not fit is logged and not sent, and the server goes on", async () => {
    const log = recordingLogger();
    const tick = defineCommand("tick", (ctx: WSContext) => ctx.emit("tick", { at: 1 }));
    const client = await start({ rules, commands: [tick], config: [setLogger(log)] });
    expect(module().all.emit("tick", { at: 1 })).toEqual({ delivered: 0, gone: [] });
    expect(await client.request("tick")).toBe(false);
    expect(await eventsOf(client, "tick")).toEqual([]);
    const errors = log.lines.filter(({ level }) => level === "error");
    expect(errors.map(({ fields }) => fields)).toEqual([
      expect.objectContaining({ entry: "eventCheck", err: expect.objectContaining({ message }) }),
      expect.objectContaining({ entry: "eventCheck", err: expect.objectContaining({ message }) }),
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["returns a promise", () => Promise.reject(new Error("late"))],
  ])("that %s sends nothing", async (_title, broken) => {
    const client = await start({ rules: { tick: { check: broken as never } } });
    expect(module().all.emit("tick", { at: "x" })).toEqual({ delivered: 0, gone: [] });
    expect(await eventsOf(client, "tick")).toEqual([]);
  });

  test("is held to what goes on the wire", async () => {
    const client = await start({ rules });
    module().all.emit("tick", { at: new Date(0) });
    expect(await eventsOf(client, "tick")).toEqual([{ at: "1970-01-01T00:00:00.000Z" }]);
  });

  test("is sent as it is in product mode", async () => {
    const client = await start({ rules, config: [setMode(Mode.product)] });
    module().all.emit("tick", { at: 1 });
    expect(await eventsOf(client, "tick")).toEqual([{ at: 1 }]);
  });
});

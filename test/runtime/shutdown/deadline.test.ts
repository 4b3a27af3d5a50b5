import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  MemoryConnectionManager,
  setConnectionManager,
  setHandshakeTimeout,
  setHttpRoutes,
  setLogger,
} from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition } from "../serve/define-module.js";
import { dial, formatRequest } from "../server/http-exchange.js";
import { command, Opcode } from "../support/frames.js";
import { inTime } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { recordingLogger } from "../support/recording-logger.js";

/** Far above what a shutdown without anything to wait for takes, far below what it may take. */
const promptMs = 20_000;
const patience = { deadlineMs: 60_000 };
const goodbye = { code: 1001, reason: "The server is shutting down." };

/** A module with the command `hang`, which ends when the test says so and listens to no signal. */
async function start(definition: ModuleDefinition = {}) {
  const gate = new EventEmitter();
  const hang = defineCommand("hang", async (_ctx, { name }) => {
    const opened = once(gate, "open");
    gate.emit("begun");
    await opened;
    return { name };
  });
  const server = await startModules(
    defineModule({ ...definition, commands: [hang, ...(definition.commands ?? [])] }),
  );
  const url = server.url("/test/ws");
  const hangingClient = async (name = "a"): Promise<RawClient> => {
    const client = await RawClient.open(url);
    const begun = once(gate, "begun");
    client.send(command("hang", { name }));
    await begun;
    return client;
  };
  return { gate, server, url, hangingClient };
}

describe("each connection drains and closes by itself", () => {
  test("idle clients are closed at once while the command of another still runs", async () => {
    const { gate, server, url, hangingClient } = await start();
    const busy = await hangingClient();
    const idle = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(url)));
    const closing = server.serve.close(patience);
    for (const client of idle)
      expect(await inTime(client.closed(), "1001 for an idle client", promptMs)).toEqual(goodbye);
    expect(busy.frames).toEqual([]);
    gate.emit("open");
    expect(await busy.nextMessage()).toEqual({ name: "a" });
    expect(await busy.closed()).toEqual(goodbye);
    await inTime(closing, "the end of the shutdown", promptMs);
  });

  test("a shutdown with one idle connection is over as soon as its client has answered", async () => {
    const { server, url } = await start();
    const client = await RawClient.open(url);
    const closing = server.serve.close(patience);
    expect(await client.closed()).toEqual(goodbye);
    await inTime(closing, "the end of the shutdown", promptMs);
  });

  test("a handshake that is answered while another hangs is closed at once", async () => {
    const gate = new EventEmitter();
    const { server, url } = await start({
      connect: async (ctx) => {
        const opened = once(gate, ctx.query.get("name") ?? "");
        gate.emit("begun");
        await opened;
        ctx.send("hello");
      },
    });
    const connect = async (name: string): Promise<{ opened: Promise<RawClient> }> => {
      const begun = once(gate, "begun");
      const opened = RawClient.open(`${url}?name=${name}`);
      await begun;
      return { opened };
    };
    const first = await connect("first");
    const second = await connect("second");
    const closing = server.serve.close(patience);
    gate.emit("second");
    const opened = await second.opened;
    expect((await opened.nextFrame(Opcode.text)).payload.toString()).toBe('"hello"');
    expect(await inTime(opened.closed(), "1001 for the second", promptMs)).toEqual(goodbye);
    gate.emit("first");
    expect(await (await first.opened).closed()).toEqual(goodbye);
    await inTime(closing, "the end of the shutdown", promptMs);
  });

  test("more clients than are closed in one turn all get 1001 and their hooks", async () => {
    const codes: number[] = [];
    let disconnects = 0;
    const { server, url } = await start({
      close: (_ctx, code) => void codes.push(code),
      disconnect: () => void disconnects++,
    });
    const count = 1_203;
    const clients: RawClient[] = [];
    while (clients.length < count) {
      const more = Math.min(100, count - clients.length);
      clients.push(...(await Promise.all(Array.from({ length: more }, () => RawClient.open(url)))));
    }
    const closing = server.serve.close(patience);
    for (const ended of await Promise.all(clients.map((client) => client.closed())))
      expect(ended).toMatchObject({ code: 1001, reason: expect.stringContaining(goodbye.reason) });
    await inTime(closing, "the end of the shutdown", promptMs);
    // 1000 is what this client answers with.
    expect(codes).toEqual(Array.from({ length: count }, () => codes[0]));
    expect(disconnects).toBe(count);
  });
});

describe("the deadline", () => {
  test("its last fifth closes with 1001 what still runs, not before, and waits for the answer", async () => {
    const codes: number[] = [];
    const { server, hangingClient } = await start({ close: (_ctx, code) => void codes.push(code) });
    const client = await hangingClient();
    const begunMs = performance.now();
    const closing = server.serve.close({ deadlineMs: 8_000 });
    // A ping may come before.
    await client.until(() => client.frames.some(({ opcode }) => opcode === Opcode.close));
    expect(performance.now() - begunMs).toBeGreaterThan(6_300);
    // A client may take its time for the answer.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await client.closed()).toEqual(goodbye);
    await inTime(closing, "the end of the shutdown", 8_000 + promptMs);
    // What this client answers with; 1006 is what a client that is cut has.
    expect(codes).toEqual([1000]);
  });

  test("cuts handshakes and requests that are not answered", async () => {
    const asked = new EventEmitter();
    const hang = (): Promise<void> => {
      asked.emit("hang");
      return new Promise(() => {});
    };
    const routes = setHttpRoutes((router) => router.get("/slow", hang));
    const { server, url } = await start({ connect: hang, config: [routes, setHandshakeTimeout(60)] });
    const sockets: Socket[] = [];
    for (const request of [formatRequest({}), "GET /test/slow HTTP/1.1\r\nHost: localhost\r\n\r\n"]) {
      const socket = await dial(url);
      const begun = once(asked, "hang");
      socket.resume().write(request);
      await begun;
      sockets.push(socket);
    }
    const ended = sockets.map((socket) => once(socket, "close"));
    await inTime(server.serve.close({ deadlineMs: 100 }), "the end of the shutdown", promptMs);
    await inTime(Promise.all(ended), "the end of what was not answered", promptMs);
  });

  test("cuts a client that does not answer the close frame", async () => {
    const codes: number[] = [];
    const { server, url } = await start({ close: (_ctx, code) => void codes.push(code) });
    const client = await RawClient.open(url);
    const begunMs = performance.now();
    await inTime(server.serve.close({ deadlineMs: 300 }), "the end of the shutdown", promptMs);
    expect(performance.now() - begunMs).toBeGreaterThan(250);
    await client.ended;
    expect(codes).toEqual([1006]);
  });

  test.each<[string, () => Promise<void>]>([
    ["never settle", () => new Promise<void>(() => {})],
    [
      "throw",
      () => {
        throw new Error("boom");
      },
    ],
    ["reject", async () => Promise.reject(new Error("boom"))],
  ])("hooks that %s hold up neither the others nor the end", async (_title, hook) => {
    const steps: string[] = [];
    const note = (step: string) => () => {
      steps.push(step);
      return hook();
    };
    const manager = new (class extends MemoryConnectionManager {
      override remove(id: string): boolean {
        steps.push("remove");
        super.remove(id);
        // A manager of somebody who uses no types.
        return hook() as unknown as boolean;
      }
    })();
    const { server, hangingClient } = await start({
      config: [setConnectionManager(manager)],
      close: note("close"),
      disconnect: note("disconnect"),
    });
    const client = await hangingClient();
    await inTime(server.serve.close({ deadlineMs: 100 }), "the end of the shutdown", promptMs);
    expect(steps).toEqual(["close", "disconnect", "remove"]);
    await client.ended;
  });
});

test("a shutdown keeps the order: execute, reply, close, disconnect, remove, and store before that", async () => {
  const steps: string[] = [];
  const later = async (step: string): Promise<void> => {
    steps.push(`${step} begins`);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    steps.push(step);
  };
  const manager = new (class extends MemoryConnectionManager {
    override async store(): Promise<void> {
      await later("store");
    }
    override remove(): boolean {
      return later("remove") as unknown as boolean;
    }
  })();
  const { server, url } = await start({
    config: [setConnectionManager(manager)],
    commands: [defineCommand("work", () => later("execute"))],
    close: () => later("close"),
    disconnect: () => later("disconnect"),
  });
  const client = await connectClient(url);
  const reply = client.request("work").then(() => steps.push("reply"));
  while (!steps.includes("execute begins")) await nextTurn();
  const closing = server.serve.close(patience);
  await reply;
  await client.closed;
  await inTime(closing, "the end of the shutdown", promptMs);
  expect(steps.filter((step) => !step.startsWith("store"))).toEqual([
    "execute begins",
    "execute",
    "reply",
    "close begins",
    "close",
    "disconnect begins",
    "disconnect",
    "remove begins",
    "remove",
  ]);
  expect(steps.slice(0, steps.indexOf("remove begins"))).toContain("store");
});

test("a shutdown writes a line at its begin and one at its end, with what it closed and cut", async () => {
  const logger = recordingLogger();
  const { server, url } = await start({ config: [setLogger(logger)] });
  const polite = await RawClient.open(url);
  const silent = await RawClient.open(url);
  const closing = server.serve.close({ deadlineMs: 1_500, signal: "SIGTERM" });
  expect(await polite.closed()).toEqual(goodbye);
  await inTime(closing, "the end of the shutdown", promptMs);
  await silent.ended;
  const lines = logger.lines.filter(({ level }) => level === "info");
  expect(lines).toContainEqual({
    level: "info",
    fields: expect.objectContaining({
      signal: "SIGTERM",
      connections: 2,
      deadlineMs: 1_500,
      reconnectsPerSecond: 100,
    }),
    message: "shutting down",
  });
  expect(lines.at(-1)).toEqual({
    level: "info",
    fields: expect.objectContaining({ closed: 1, cut: 1, tookMs: expect.any(Number) }),
    message: "shut down",
  });
});

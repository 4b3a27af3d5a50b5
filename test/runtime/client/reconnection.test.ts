import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import {
  setCommandConcurrency,
  setEnvelope,
  setRefusal,
  setSubprotocols,
  WebsocketError,
} from "wsgen-runtime";
import {
  type Client,
  type ClientOptions,
  createClient,
  createEnvelope,
  ReplyError,
  type StateChange,
  shouldReconnect,
  type UrlSource,
} from "../../../runtime/src/client/index.js";
import { defineCommand } from "../serve/define-module.js";
import { startChat } from "./chat-server.js";
import { inState, reached } from "./reached.js";
import { countTimers, createTestClock } from "./test-clock.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function open(url: UrlSource, options: ClientOptions = {}): Client & { readonly changes: StateChange[] } {
  const client = createClient(url, { WebSocket, backOff: { baseMs: 1 }, onError: () => {}, ...options });
  const changes: StateChange[] = [];
  client.onState((change) => changes.push(change));
  cleanups.push(client.close);
  return Object.assign(client, { changes });
}

/** A bare server, for what the runtime would not do. */
async function serveBare(
  options: ServerOptions = {},
): Promise<{ url: string; sockets: WebSocketServer; http: Server }> {
  const http = createServer();
  const sockets = new WebSocketServer(options.noServer ? options : { server: http });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    http.close();
  });
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`, sockets, http };
}

const statesOf = (changes: readonly StateChange[]): string[] => changes.map(({ state }) => state);

describe("the states of a client", () => {
  test("are reported as they change, through a loss and the end", async () => {
    const { url, sockets } = await serveBare();
    const client = open(url);
    expect(client.state).toBe("connecting");
    await reached(client, "open");
    const [socket] = sockets.clients;
    socket?.close(1012, "restart");
    expect(await reached(client, "waiting")).toMatchObject({
      attempt: 1,
      end: { code: 1012, reason: "restart", wasOpen: true },
    });
    await reached(client, "open");
    await client.close();
    expect(statesOf(client.changes)).toEqual(["open", "waiting", "connecting", "open", "closed"]);
    expect(client.state).toBe("closed");
  });

  test("are as listeners left them, who may close the client in any of them", async () => {
    const { url, sockets } = await serveBare();
    sockets.on("connection", (socket) => socket.close(1012));
    for (const last of ["open", "waiting", "connecting"] as const) {
      const client = open(url);
      let retried = false;
      client.onState(({ state }) => {
        if (state === last && (last !== "connecting" || retried)) client.close();
        retried ||= state === "waiting";
        if (last === "connecting") client.retryNow();
      });
      await inState(client, "closed");
      expect(statesOf(client.changes).slice(-2)).toEqual([last, "closed"]);
    }
  });

  test("do not depend on a listener that throws", async () => {
    const { url } = await serveBare();
    const errors: unknown[] = [];
    const client = open(url, { onError: (error) => errors.push(error) });
    client.onState(() => {
      throw new Error("mine");
    });
    await inState(client, "open");
    expect(errors).toMatchObject([{ message: "mine" }]);
  });
});

describe("the delay before an attempt", () => {
  test("doubles from the base to the maximum, and the jitter is full", async () => {
    const clock = createTestClock();
    const jitter = [1, 1, 0.5, 0, 1, 1];
    const client = open("ws://127.0.0.1:1/", {
      clock,
      backOff: { baseMs: 100, maxMs: 1_000 },
      random: () => jitter.shift() ?? 1,
    });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const change = await reached(client, "waiting");
      expect(change.attempt).toBe(attempt);
      expect(clock.running).toEqual([change.delayMs]);
      delays.push(change.delayMs);
      clock.pass(change.delayMs);
    }
    expect(delays).toEqual([100, 200, 200, 0, 1_000, 1_000]);
  });

  test("starts anew after a connection that lasted, and only then", async () => {
    const clock = createTestClock();
    const { url, sockets } = await serveBare();
    const client = open(url, { clock, random: () => 1, backOff: { baseMs: 100 } });
    const delays: number[] = [];
    for (const lastedMs of [0, 4_999, 5_000, 0]) {
      await inState(client, "open");
      clock.pass(lastedMs);
      const waiting = reached(client, "waiting");
      for (const socket of sockets.clients) socket.close(1012);
      const { delayMs } = await waiting;
      delays.push(delayMs);
      clock.pass(delayMs);
    }
    expect(delays).toEqual([100, 200, 100, 200]);
  });

  test.each([
    [undefined, 0],
    ["0", 0],
    ["-1", 0],
    ["soon", 0],
    ["2", 2_000],
    ["1e9", 8_000],
    [new Date(Date.now() + 864e5).toUTCString(), 8_000],
    [new Date(0).toUTCString(), 0],
  ])("begins behind Retry-After, which is at most the maximum: %s", async (value, expectedMs) => {
    const { url, http } = await serveBare({ noServer: true });
    const header = value === undefined ? "" : `Retry-After: ${value}\r\n`;
    http.on("upgrade", (_request, socket) => socket.end(`HTTP/1.1 503 Full\r\n${header}\r\n`));
    const client = open(url, { backOff: { baseMs: 100, maxMs: 8_000 }, random: () => 0.5 });
    expect((await reached(client, "waiting")).delayMs).toBe(expectedMs + 50);
  });

  test.each([
    ["The server is shutting down.", 0],
    ["The server is shutting down. Retry after 1234 ms.", 1_234],
    ["Retry after 99999999999999999999 ms.", 8_000],
    ["Retry after -5 ms.", 0],
    ["Retry after soon.", 0],
  ])("begins at the client's turn, which is at most the maximum: %s", async (reason, expectedMs) => {
    const { url, sockets } = await serveBare();
    const client = open(url, { backOff: { baseMs: 100, maxMs: 8_000 }, random: () => 0.5 });
    await inState(client, "open");
    for (const socket of sockets.clients) socket.close(1001, reason);
    expect((await reached(client, "waiting")).delayMs).toBe(expectedMs + 50);
  });

  test("goes on growing while there is no connection, however long that takes", async () => {
    const clock = createTestClock();
    const { url, sockets } = await serveBare();
    let port = new URL(url).port;
    const client = open(() => `ws://127.0.0.1:${port}/`, {
      clock,
      random: () => 1,
      backOff: { baseMs: 9_000 },
    });
    await inState(client, "open");
    port = "1";
    for (const socket of sockets.clients) socket.terminate();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { delayMs } = await reached(client, "waiting");
      delays.push(delayMs);
      clock.pass(delayMs);
    }
    expect(delays).toEqual([9_000, 18_000, 30_000]);
  });

  test("can be skipped", async () => {
    const { url, sockets } = await serveBare();
    const client = open(url, { backOff: { baseMs: 1e9, maxMs: 1e9 } });
    await reached(client, "open");
    for (const socket of sockets.clients) socket.terminate();
    await reached(client, "waiting");
    client.retryNow();
    await reached(client, "open");
  });

  test("ends after so many retries", async () => {
    const client = open("ws://127.0.0.1:1/", { maxRetries: 2 });
    const request = client.request("ping");
    await expect(request).rejects.toMatchObject({ code: "closed", wasSent: false });
    expect(statesOf(client.changes).filter((state) => state === "connecting")).toHaveLength(2);
  });
});

describe("an end after which nothing is tried", () => {
  test.each([
    [1000, false],
    [1001, true],
    [1008, false],
    [1009, true],
    [1011, true],
    [1012, true],
    [1013, true],
    [3000, true],
    [4000, true],
    [4399, true],
    [4400, false],
    [4401, false],
    [4499, false],
    [4500, true],
  ])("close code %i: %s", async (code, isRetried) => {
    const { url, sockets } = await serveBare();
    sockets.once("connection", (socket) => socket.close(code, "why"));
    const client = open(url);
    if (isRetried) {
      await reached(client, "waiting");
      await reached(client, "open");
    } else {
      const { error, end } = await reached(client, "closed");
      expect(end).toMatchObject({ code, reason: "why", wasOpen: true });
      expect(error.message).toContain(`${code} why`);
    }
  });

  test.each([
    [200, false],
    [301, false],
    [401, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])("a handshake answered with %i: %s", async (status, isRetried) => {
    const { url, http } = await serveBare({ noServer: true });
    http.on("upgrade", (_request, socket) =>
      socket.end(`HTTP/1.1 ${status} Odd\r\nConnection: close\r\n\r\n`),
    );
    const client = open(url);
    const change = await reached(client, isRetried ? "waiting" : "closed");
    expect(change.end).toMatchObject({ code: 1006, status, wasOpen: false });
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535])(
    "is not the close code %i, which nobody may send",
    async (code) => {
      const { url, sockets } = await serveBare();
      sockets.once("connection", (_socket, { socket }) => {
        socket.write(Buffer.from([0x88, 2, code >> 8, code & 255]));
      });
      const client = open(url);
      await reached(client, "waiting");
      await inState(client, "open");
    },
  );

  test.each([
    ["nothing", ""],
    ["something else than HTTP", "no HTTP\r\n\r\n"],
    [
      "a wrong key",
      "HTTP/1.1 101 Odd\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    ],
  ])("is not a handshake answered with %s", async (_name, answer) => {
    const { url, http } = await serveBare({ noServer: true });
    http.on("upgrade", (_request, socket) => socket.on("error", () => {}).end(answer));
    const { end } = await reached(open(url), "waiting");
    expect(end).toMatchObject({ code: 1006, wasOpen: false });
  });

  test("is the value of the option", async () => {
    const { url, sockets } = await serveBare();
    sockets.on("connection", (socket) => socket.close(4001));
    const client = open(url, { shouldReconnect: (end) => end.code !== 4001 && shouldReconnect(end) });
    await reached(client, "closed");
    const failing = open(url, {
      shouldReconnect: () => {
        throw new Error("mine");
      },
    });
    expect(await reached(failing, "closed")).toMatchObject({ error: { cause: { message: "mine" } } });
  });

  test.each([
    ["http", { code: 1006, status: 403, wasOpen: false }],
    ["close", { code: 1008, wasOpen: true }],
  ] as const)("tells why the server refused, by %s", async (refusal, expected) => {
    const server = await startChat({
      config: [setRefusal(refusal)],
      connect: () => new WebsocketError("no_seat", "All taken.", { details: [3] }),
    });
    cleanups.push(server.close);
    const client = open(server.chatUrl);
    const rejection = expect(client.request("ping")).rejects.toMatchObject({
      code: "closed",
      cause: { code: "no_seat", message: "All taken.", details: [3] },
    });
    const { error, end } = await reached(client, "closed");
    expect(error.cause).toBeInstanceOf(ReplyError);
    expect(end).toMatchObject(expected);
    await rejection;
  });

  test.each([
    ["no body", "Content-Length: 0", ""],
    ["text", "Content-Length: 4", "Nope"],
    ["JSON of another kind", "Content-Length: 12", `{"error":{}}`],
    ["a body that is cut off", "Content-Length: 12", `{"err`],
    ["a body without end", "Transfer-Encoding: chunked", `10000\r\n${"x".repeat(65_536)}\r\n2\r\nxx\r\n`],
  ])("has the HTTP status of an answer with %s", async (_name, header, body) => {
    const { url, http } = await serveBare({ noServer: true });
    http.on("upgrade", (_request, socket) => {
      socket.on("error", () => {});
      socket.write(`HTTP/1.1 403 Odd\r\n${header}\r\n\r\n${body}`);
      if (header.startsWith("Content")) socket.end();
    });
    const { error, end } = await reached(open(url), "closed");
    expect(end).toMatchObject({ code: 1006, status: 403, wasOpen: false });
    expect(error.cause).toMatchObject({ message: "The server answered with the HTTP status 403." });
  });

  test("has the HTTP status also where the time is up before the body has come", async () => {
    const clock = createTestClock();
    const { url, http } = await serveBare({ noServer: true });
    http.on("upgrade", (_request, socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 403 Odd\r\nContent-Length: 5\r\n\r\n");
    });
    let client: ReturnType<typeof open> | undefined;
    await new Promise((resolve) => {
      class WatchedSocket extends WebSocket {
        constructor(...args: ConstructorParameters<typeof WebSocket>) {
          super(...args);
          this.once("unexpected-response", resolve);
        }
      }
      client = open(url, { clock, connectTimeoutMs: 100, WebSocket: WatchedSocket });
    });
    clock.pass(100);
    expect(client?.changes.at(-1)).toMatchObject({ state: "closed", end: { status: 403 } });
  });

  test("is an address that no WebSocket takes", async () => {
    const client = open("no address");
    expect((await reached(client, "closed")).error.cause).toMatchObject({ name: "SyntaxError" });
  });
});

describe("every attempt", () => {
  test("asks for the address and the protocols anew", async () => {
    const server = await startChat({
      config: [setSubprotocols(["v1", "v2"])],
      commands: [defineCommand("who", (ctx) => `${ctx.query.get("token")} ${ctx.subprotocol}`)],
    });
    cleanups.push(server.close);
    let token = 0;
    const client = open(
      async () => {
        token += 1;
        if (token === 2) throw new Error("no token today");
        return `${server.chatUrl}?token=${token}`;
      },
      { protocols: () => `v${Math.min(token, 2)}` },
    );
    expect(await client.request("who")).toBe("1 v1");
    await client.request("leave", { code: 4001 }).catch(() => {});
    expect(await client.request("who")).toBe("3 v2");
    const waits = client.changes.flatMap((change) => (change.state === "waiting" ? [change.end] : []));
    expect(waits[1]).toMatchObject({ wasOpen: false, error: { message: "no token today" } });
  });

  test("finds the server after a restart, and what waited meanwhile goes out", async () => {
    let server = await startChat();
    const client = open(() => server.chatUrl);
    await client.request("ping");
    const { end } = (await Promise.all([reached(client, "waiting"), server.close()]))[0];
    expect(end.code).toBe(1001);
    const request = client.request("say", { text: "hi" });
    server = await startChat();
    cleanups.push(server.close);
    expect(await request).toEqual({ delivered: 1 });
    expect(server.said).toEqual(["hi"]);
  });

  test("has its time: for the address, and for the handshake", async () => {
    const clock = createTestClock();
    const slow = open(() => new Promise<string>(() => {}), { clock, connectTimeoutMs: 100 });
    clock.pass(100);
    expect((await reachedOrIn(slow, "waiting"))?.end).toMatchObject({
      code: 1006,
      error: { code: "timed_out" },
    });

    const { url, http } = await serveBare({ noServer: true });
    const mute = open(url, { clock, connectTimeoutMs: 100 });
    const [, socket] = (await once(http, "upgrade")) as [unknown, Socket];
    clock.pass(100);
    socket.resume();
    await once(socket, "end");
    expect((await reachedOrIn(mute, "waiting"))?.end).toMatchObject({ code: 1006, wasOpen: false });
  });

  test("is the only one, also when another is requested meanwhile", async () => {
    const { url, sockets } = await serveBare();
    const client = open(url);
    client.onState(() => client.retryNow());
    client.retryNow();
    await inState(client, "open");
    client.retryNow();
    await client.close();
    client.retryNow();
    expect(statesOf(client.changes)).toEqual(["open", "closed"]);
    expect(sockets.clients.size).toBeLessThanOrEqual(1);
  });

  test("that comes too late changes nothing", async () => {
    const clock = createTestClock();
    const resolvers: ((url: string) => void)[] = [];
    const { url, sockets } = await serveBare();
    const client = open(() => new Promise<string>((resolve) => resolvers.push(resolve)), {
      clock,
      connectTimeoutMs: 100,
      random: () => 0,
    });
    clock.pass(100);
    clock.pass(1);
    resolvers[0]?.(url);
    resolvers[1]?.(url);
    await inState(client, "open");
    expect(sockets.clients.size).toBe(1);
  });
});

/** The last change, when it was to this state, else the next that is. */
function reachedOrIn(
  client: ReturnType<typeof open>,
  state: "waiting",
): Promise<StateChange & { state: "waiting" }> {
  const last = client.changes.at(-1);
  return last?.state === state ? Promise.resolve(last) : reached(client, state);
}

describe("a connection that is silent", () => {
  test("is given up after the idle timeout, at once, and replaced", async () => {
    const clock = createTestClock();
    const { url, sockets } = await serveBare();
    const client = open(url, { clock, idleTimeoutMs: 1_000 });
    await inState(client, "open");
    const [socket] = sockets.clients;
    clock.pass(999);
    client.on("tick", () => clock.pass(999));
    const tick = client.once("tick");
    socket?.send(`{"event":"tick"}`);
    await tick;
    expect(client.state).toBe("open");
    clock.pass(1);
    expect((await reachedOrIn(client, "waiting")).end).toMatchObject({
      wasOpen: true,
      error: { code: "timed_out" },
    });
    clock.pass(1);
    await inState(client, "open");
  });

  test("is not heard of again, also where the socket can only be closed", async () => {
    class Unterminated extends WebSocket {
      override terminate = undefined as never;
    }
    const clock = createTestClock();
    const { url, sockets } = await serveBare();
    const client = open(url, { clock, idleTimeoutMs: 1_000, WebSocket: Unterminated });
    await inState(client, "open");
    const [socket] = [...sockets.clients] as [WebSocket];
    let heard = 0;
    client.on("tick", () => {
      heard += 1;
    });
    const closed = once(socket, "close");
    socket.send(`{"event":"tick"}`);
    clock.pass(1_000);
    expect(client.state).toBe("waiting");
    await closed;
    clock.pass(1);
    await inState(client, "open");
    expect(heard).toBe(0);
  });

  test("is left alone by default", async () => {
    const clock = createTestClock();
    const { url } = await serveBare();
    const client = open(url, { clock });
    await inState(client, "open");
    expect(clock.running).toEqual([]);
  });
});

describe("a stall of the client, in which frames arrived,", () => {
  test.each([
    ["is no silence", { idleTimeoutMs: 200 }],
    ["lets no request time out", { timeoutMs: 200 }],
  ])("%s", async (_name, options) => {
    const { url, sockets } = await serveBare();
    sockets.on("connection", (socket) =>
      socket.on("message", (data) => {
        socket.send(JSON.stringify({ id: JSON.parse(String(data)).id, data: 1 }));
        const endMs = performance.now() + 400;
        while (performance.now() < endMs);
      }),
    );
    const client = open(url, options);
    await inState(client, "open");
    expect(await client.request("x")).toBe(1);
    expect(client.state).toBe("open");
  });
});

describe("a request that times out", () => {
  /** Sockets of a server that reads everything and answers as the test says. */
  async function serveSilent(answer: (socket: WebSocket, text: string) => void) {
    const bare = await serveBare();
    const frames: string[] = [];
    bare.sockets.on("connection", (socket) =>
      socket.on("message", (data) => {
        frames.push(String(data));
        answer(socket, String(data));
      }),
    );
    return { ...bare, frames };
  }

  /** The default envelope, and when so many frames have come. */
  function countingEnvelope() {
    let frames = 0;
    const envelope = createEnvelope(
      {},
      {
        encode: (message) => JSON.stringify(message),
        decode(frame) {
          frames += 1;
          return JSON.parse(String(frame));
        },
      },
    );
    return { envelope, decoded: (count: number) => vi.waitFor(() => expect(frames).toBe(count), 10_000) };
  }

  test("on a dead socket, which neither sends nor closes, has it dropped and replaced", async () => {
    const clock = createTestClock();
    const { url, sockets } = await serveSilent(() => {});
    const client = open(url, { clock, random: () => 1 });
    await inState(client, "open");
    const failed = Promise.all(
      [1, 2].map((number) => expect(client.request("x", { number })).rejects.toThrow("30000 ms")),
    );
    clock.pass(30_000);
    await failed;
    clock.pass(9_999);
    expect(client.state).toBe("open");
    clock.pass(1);
    const { end } = await reachedOrIn(client, "waiting");
    expect(end).toMatchObject({ code: 1006, wasOpen: true, error: { code: "timed_out" } });
    clock.pass(1);
    await inState(client, "open");
    expect(sockets.clients.size).toBeGreaterThan(0);
    expect(clock.running).toEqual([]);
  });

  test("does not keep a silent connection for longer than the idle timeout", async () => {
    const clock = createTestClock();
    const { url } = await serveSilent(() => {});
    const client = open(url, { clock, idleTimeoutMs: 1_000 });
    await inState(client, "open");
    const failed = client.request("x", {}, { timeoutMs: 900 }).catch(({ code }) => code);
    clock.pass(900);
    expect(await failed).toBe("timed_out");
    clock.pass(100);
    expect(client.state).toBe("waiting");
  });

  test("while other frames come leaves the connection alone, without a probe", async () => {
    const clock = createTestClock();
    const { url, frames } = await serveSilent((socket, text) => {
      if (text.includes("quick")) socket.send(JSON.stringify({ id: JSON.parse(text).id, data: 1 }));
    });
    const client = open(url, { clock });
    await inState(client, "open");
    const slow = expect(client.request("slow")).rejects.toMatchObject({ code: "timed_out" });
    await client.request("quick");
    clock.pass(30_000);
    await slow;
    clock.pass(60_000);
    expect([client.state, frames.length]).toEqual(["open", 2]);
  });

  test.each([
    ["has answered the probe", { id: 0, error: { code: "unknown_command", message: "" } }],
    ["has sent anything else", { event: "tick", data: 1 }],
  ])("is forgiven when the server %s", async (_name, answer) => {
    const clock = createTestClock();
    const { url, frames } = await serveSilent((socket, text) => {
      if (text.includes("$probe")) socket.send(JSON.stringify(answer));
    });
    const { envelope, decoded } = countingEnvelope();
    const errors: unknown[] = [];
    const client = open(url, { clock, envelope, onError: (error) => errors.push(error) });
    await inState(client, "open");
    const slow = client.request("slow").catch(({ code }) => code);
    clock.pass(30_000);
    expect(await slow).toBe("timed_out");
    await decoded(1);
    clock.pass(60_000);
    expect([client.state, frames.length, errors]).toEqual(["open", 2, []]);
  });

  test.each(["reply", "ignore", 1008] as const)(
    "because its command is slow, alone and one at a time, costs nothing (unknown commands: %s)",
    async (unknownCommand) => {
      const clock = createTestClock();
      const server = await startChat({ config: [setCommandConcurrency(1), setEnvelope({ unknownCommand })] });
      cleanups.push(server.close);
      const { envelope, decoded } = countingEnvelope();
      let socket: Socket | undefined;
      class WatchedSocket extends WebSocket {
        constructor(...args: ConstructorParameters<typeof WebSocket>) {
          super(...args);
          this.once("upgrade", (answer: IncomingMessage) => {
            socket = answer.socket;
          });
        }
      }
      const client = open(server.chatUrl, { clock, envelope, WebSocket: WatchedSocket });
      await inState(client, "open");
      const slow = client.request("never").catch(({ code }) => code);
      const before = [socket?.bytesWritten, socket?.bytesRead];
      clock.pass(30_000);
      expect(await slow).toBe("timed_out");
      await decoded(1);
      // As docs/client.md says.
      expect([socket?.bytesWritten, socket?.bytesRead]).toEqual([before[0]! + 33, before[1]! + 101]);
      clock.pass(60_000);
      expect(client.state).toBe("open");
    },
  );
});

describe("closing", () => {
  test("closes the socket with 1000, and resolves when it is gone", async () => {
    const { url, sockets } = await serveBare();
    const client = open(url);
    await inState(client, "open");
    const [socket] = [...sockets.clients] as [WebSocket];
    const closed = once(socket, "close");
    await client.close();
    expect((await closed)[0]).toBe(1000);
    await client.close();
  });

  test("does not wait for ever for a peer that does not answer", async () => {
    const clock = createTestClock();
    const { url, sockets } = await serveBare();
    const client = open(url, { clock });
    await inState(client, "open");
    for (const socket of sockets.clients) socket.pause();
    const closing = client.close();
    expect(client.state).toBe("closed");
    clock.pass(2_000);
    await closing;
  });

  test("works in every state, by leaving a scope too, and leaves no timer", async () => {
    const clock = countTimers();
    const { url } = await serveBare();
    {
      await using connecting = open(url, { clock });
      expect(connecting.state).toBe("connecting");
    }
    {
      await using asking = open(() => new Promise<string>(() => {}), { clock });
      expect(asking.state).toBe("connecting");
    }
    {
      const refusing = await serveBare({ noServer: true });
      await using refused = open(refusing.url, { clock });
      const [, socket] = (await once(refusing.http, "upgrade")) as [unknown, Socket];
      socket.write("HTTP/1.1 403 Odd\r\nContent-Length: 5\r\n\r\n");
      const closed = new Promise((resolve) =>
        socket
          .on("error", () => {})
          .on("close", resolve)
          .resume(),
      );
      await refused.close();
      await closed;
    }
    {
      await using waiting = open("ws://127.0.0.1:1/", { clock, backOff: { baseMs: 1e6, maxMs: 1e6 } });
      await reached(waiting, "waiting");
    }
    {
      await using opened = open(url, { clock, idleTimeoutMs: 1_000 });
      await inState(opened, "open");
    }
    expect(clock.count).toBe(0);
  });
});

test("createClient: a platform without WebSocket is an error at once", () => {
  const platform = globalThis as { WebSocket?: unknown };
  const own = platform.WebSocket;
  delete platform.WebSocket;
  cleanups.push(() => {
    if (own !== undefined) platform.WebSocket = own;
  });
  expect(() => createClient("ws://localhost")).toThrow(/Pass one/);
});

import { once } from "node:events";
import { type MessageEvent, WebSocket } from "undici";
import { afterEach, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setCompression,
  setRefusal,
  setSubprotocols,
  setWriteWait,
  WebsocketError,
} from "wsgen-runtime";
import type { TestServer } from "wsgen-runtime/testing";
import { startInterop } from "./interop-module.js";

let server: TestServer;
afterEach(() => server.close());

interface Client {
  readonly socket: WebSocket;
  next(): Promise<unknown>;
  readonly closed: Promise<{ code: number; reason: string; wasClean: boolean }>;
}

function connect(path: string, protocols: string[] = []): Client {
  const socket = new WebSocket(server.url(path), protocols);
  socket.binaryType = "arraybuffer";
  const messages: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.addEventListener("message", ({ data }: MessageEvent) => {
    const waiter = waiting.shift();
    if (waiter === undefined) messages.push(data);
    else waiter(data);
  });
  const closed = once(socket, "close").then(([{ code, reason, wasClean }]) => ({ code, reason, wasClean }));
  const next = async (): Promise<unknown> =>
    messages.length > 0 ? messages.shift() : new Promise((resolve) => waiting.push(resolve));
  return { socket, next, closed };
}

async function open(path: string, protocols?: string[]): Promise<Client> {
  const client = connect(path, protocols);
  await once(client.socket, "open");
  return client;
}

const say = ({ socket }: Client, message: object): void => socket.send(JSON.stringify(message));
const hear = async (client: Client): Promise<unknown> => JSON.parse(String(await client.next()));

test.each<[string, SetWSServerConfig[], string]>([
  ["without compression", [], ""],
  ["with compression", [setCompression({ threshold: 0 })], "permessage-deflate"],
])("commands, replies, errors and events, %s", async (_title, config, extension) => {
  server = await startInterop(config);
  const client = await open("/test/ws");
  expect(client.socket.extensions.split(";")[0]).toBe(extension);
  say(client, { command: "ping" });
  expect(await hear(client)).toEqual({ ping: "pong" });
  say(client, { command: "echo", id: "é1", text: "😀".repeat(300) });
  expect(await hear(client)).toEqual({ command: "echo", id: "é1", data: { text: "😀".repeat(300) } });
  say(client, { command: "tell", text: "hi" });
  expect(await hear(client)).toEqual({ event: "told", data: { text: "hi" } });
  say(client, { command: "fail", id: 1 });
  expect(await hear(client)).toMatchObject({ id: 1, error: { code: "no_luck", details: [1] } });
  client.socket.send("no JSON");
  expect(await hear(client)).toMatchObject({ error: { code: "invalid_message" } });
  client.socket.close(1000);
  expect(await client.closed).toEqual({ code: 1000, reason: "", wasClean: true });
});

test.each([1000, 1001, 1008, 1011, 1013, 3000, 4000, 4999])("the server's close code %i", async (code) => {
  server = await startInterop();
  const client = await open("/test/ws");
  say(client, { command: "leave", code, reason: "é" });
  expect(await client.closed).toEqual({ code, reason: "é", wasClean: true });
});

test.each<[string, [number?, string?], [number, string]]>([
  ["no code", [], [1005, ""]],
  ["1000", [1000, "bye"], [1000, "bye"]],
  ["4321 and a reason of 123 bytes", [4321, "x".repeat(123)], [4321, "x".repeat(123)]],
])("the client closes with %s, and the module is told", async (_title, [code, reason], told) => {
  let tell = (_closing: [number, string]) => {};
  const closing = new Promise((resolve) => {
    tell = resolve;
  });
  server = await startInterop([], { close: (_ctx, ...args) => tell(args) });
  const client = await open("/test/ws");
  client.socket.close(code, reason);
  expect(await closing).toEqual(told);
  expect((await client.closed).wasClean).toBe(true);
});

test("a refusal by HTTP is seen as 1006", async () => {
  server = await startInterop([], { connect: () => new Error("not you") });
  expect(await connect("/test/ws").closed).toMatchObject({ code: 1006, wasClean: false });
});

test("a refusal by a close is seen with its error and its code", async () => {
  const connectHook = () => new WebsocketError("no_seat", "All taken.", { closeCode: 4003 });
  server = await startInterop([setRefusal("close")], { connect: connectHook });
  const client = await open("/test/ws");
  expect(await hear(client)).toEqual({ error: { code: "no_seat", message: "All taken." } });
  expect(await client.closed).toEqual({ code: 4003, reason: "All taken.", wasClean: true });
});

test("setSubprotocols: the subprotocol is the client's first that the module speaks; an unknown one is not selected", async () => {
  // undici leaves the socket open whose handshake it does not accept, and answers no close frame there.
  server = await startInterop([setSubprotocols(["v1", "v2"]), setWriteWait(0.1)]);
  const client = await open("/test/ws", ["v3", "v2", "v1"]);
  expect(client.socket.protocol).toBe("v2");
  say(client, { command: "protocol" });
  expect(await hear(client)).toBe("v2");
  // RFC 6455 §4.1: a client whose only offers were not taken may fail the connection, and undici does.
  expect(await connect("/test/ws", ["v9"]).closed).toMatchObject({ code: 1006 });
});

test.each<[string, SetWSServerConfig[]]>([
  ["without compression", []],
  ["with compression", [setCompression({ threshold: 0 })]],
])("a raw module takes and sends binary and text frames of every length form, %s", async (_title, config) => {
  server = await startInterop(config);
  const client = await open("/raw/ws");
  for (const length of [0, 1, 125, 126, 4_096]) {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 256);
    client.socket.send(bytes);
    expect(new Uint8Array((await client.next()) as ArrayBuffer)).toEqual(bytes);
    client.socket.send("x".repeat(length));
    expect(await client.next()).toBe("x".repeat(length));
  }
});

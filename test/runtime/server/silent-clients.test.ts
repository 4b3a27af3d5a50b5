// Clients that send something and then nothing, or leave without a word: the server lets go of every socket by itself.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { TargetProcess } from "../support/target-process.js";
import { formatRequest } from "./http-exchange.js";

const handshake = (path: string, headers: Record<string, string> = {}) =>
  formatRequest({ line: `GET ${path} HTTP/1.1`, headers });
const plain = (line: string, ...headers: string[]) =>
  [line, "Host: localhost", ...headers, "", ""].join("\r\n");
const early = "x".repeat(20_000);

/** The bytes of a client, by what it is. */
const clients: Readonly<Record<string, string>> = {
  "no byte": "",
  "half a head": "GET /behind/ws HTTP/1.1\r\nHost: ",
  "a plain request": plain("GET /behind/time HTTP/1.1"),
  "a request without an answer": plain("GET /behind/time?silent HTTP/1.1"),
  "a request behind one without an answer":
    plain("GET /behind/time?hang HTTP/1.1") + plain("GET /behind/time HTTP/1.1"),
  "half a body": `${plain("POST /behind/body HTTP/1.1", "Content-Length: 100")}half`,
  "half a body that no route reads": `${plain("POST /behind/nope?hang HTTP/1.1", "Content-Length: 100")}half`,
  "a body that waits for 100": plain(
    "POST /behind/body HTTP/1.1",
    "Expect: 100-continue",
    "Content-Length: 5",
  ),
  "a tunnel": plain("CONNECT localhost:80 HTTP/1.1"),
  "another protocol": handshake("/behind/time", { Upgrade: "h2c" }),
  "another protocol without an answer": handshake("/behind/time?silent", { Upgrade: "h2c" }),
  "a handshake of an old version": handshake("/behind/ws", { "Sec-WebSocket-Version": "8" }),
  "a refused handshake": handshake("/behind/ws?refuse"),
  "a refused handshake with early data": handshake("/behind/ws?refuse") + early,
  "a handshake behind an unanswered request":
    plain("GET /behind/time?hang HTTP/1.1") + handshake("/behind/ws"),
  "a handshake that hangs": handshake("/behind/ws?hang"),
  "a handshake that hangs, with early data": handshake("/behind/ws?hang") + early,
  "a handshake without an answer": handshake("/behind/ws?silent"),
  "a WebSocket that answers no ping": handshake("/behind/ws"),
  "a WebSocket with a bad frame": handshake("/behind/ws") + early,
};

const leavings: Readonly<Record<string, (socket: Socket) => unknown>> = {
  stays: () => undefined,
  "ends its side": (socket) => socket.end(),
  resets: (socket) => socket.resetAndDestroy(),
};

test.each(Object.entries(leavings))(
  "a client that %s has no socket left",
  { timeout: 60_000 },
  async (_, leave) => {
    await using target = await TargetProcess.start();
    for (const path of ["/behind/ws", "/test/ws"]) {
      const port = Number(new URL(target.url(path)).port);
      const sockets = await Promise.all(
        Object.values(clients).map(async (bytes) => {
          const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
          await once(socket, "connect");
          socket.resume().write(bytes.replaceAll("/behind/", path.replace("ws", "")));
          return socket;
        }),
      );
      // Any moment will do. By its report, the process has read the first bytes.
      await target.report();
      for (const socket of sockets) leave(socket);
      const report = await target.reportOnce(({ sockets }) => sockets.length === 0);
      expect(report.connections).toBe(0);
      for (const socket of sockets) socket.destroy();
    }
  },
);

test("a report of the process describes each open socket", async () => {
  await using target = await TargetProcess.start();
  const socket = connect(Number(new URL(target.url("/test/ws")).port), "127.0.0.1");
  const found = await target.reportOnce(({ sockets }) => sockets.length > 0);
  expect(found.sockets).toMatchObject([{ isSecure: false, isDestroyed: false, hasParser: true }]);
  socket.destroy();
  await target.reportOnce(({ sockets }) => sockets.length === 0);
});

import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { HandshakeAttempt, PreUpgradeBuffer } from "../../../runtime/src/server/handshake-attempt.js";

const names = ["data", "end", "close", "error"];
const listenersOf = (socket: PassThrough | Socket) => names.map((name) => socket.listenerCount(name));

test("early data is kept in order behind the head, up to a limit past which the socket is not read", async () => {
  const socket = new PassThrough();
  const before = listenersOf(socket);
  const early = new PreUpgradeBuffer(socket, Buffer.from("head "), { maxBytes: 10, onLeave: () => {} });
  socket.write("12345");
  await nextTurn();
  expect(socket.isPaused()).toBe(false);
  socket.write("6");
  await nextTurn();
  expect(socket.isPaused()).toBe(true);
  socket.write("unread");
  await nextTurn();
  expect(early.release().toString()).toBe("head 123456");
  expect(listenersOf(socket)).toEqual(before);
});

test("a client that leaves is noticed while nothing of it is read", async () => {
  const onLeave = vi.fn();
  const socket = new PassThrough();
  new PreUpgradeBuffer(socket, Buffer.alloc(0), { maxBytes: 1, onLeave });
  socket.destroy();
  await nextTurn();
  expect(onLeave).toHaveBeenCalledOnce();
});

test("a handshake reports once that its client has left, and leaves no listener on a socket that ws owns", () => {
  const socket = new Socket();
  const before = listenersOf(socket);
  const attempt = new HandshakeAttempt(new IncomingMessage(socket), socket, Buffer.alloc(0));
  const [onLeave, onLater, open, drop] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  attempt.onceLeft(onLeave);
  attempt.leave();
  attempt.leave();
  attempt.onceLeft(onLater);
  expect([onLeave, onLater].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  expect(attempt.isDecided).toBe(true);
  attempt.accept({ open, drop });
  attempt.finish();
  expect([open, drop].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  expect(socket.destroyed).toBe(true);

  const taken = new Socket();
  vi.spyOn(taken, "writable", "get").mockReturnValue(true);
  const other = new HandshakeAttempt(new IncomingMessage(taken), taken, Buffer.alloc(0));
  other.accept({ open, drop });
  other.finish();
  expect(open).toHaveBeenCalledOnce();
  expect(listenersOf(taken)).toEqual(before);
});

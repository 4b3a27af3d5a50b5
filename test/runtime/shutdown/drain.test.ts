import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { setCompression, setInboundQueue, setPingPeriod, setPongWait } from "wsgen-runtime";
import { defineCommand } from "../serve/define-module.js";
import { command, frame, Opcode } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget } from "../support/target-server.js";

/** Commands that wait until the test lets them go on, by name. */
function gatedCommand() {
  const gate = new EventEmitter();
  const begun: string[] = [];
  const wait = defineCommand("wait", async (_ctx, { name }) => {
    begun.push(name);
    const opened = once(gate, name);
    gate.emit("begun", name);
    await opened;
    return { name };
  });
  return { gate, begun, wait };
}

test("a command that comes while the others finish does not begin", async () => {
  const { gate, begun, wait } = gatedCommand();
  const target = await startTarget({
    commands: [wait],
    config: [setInboundQueue({ frames: 2, bytes: 2 ** 20 })],
  });
  const [one, other] = [await RawClient.open(target.url), await RawClient.open(target.url)];
  one.send(command("wait", { name: "one" }));
  await once(gate, "begun");
  // More than the queue takes: the socket is paused, and would be read again when the queue is shorter.
  other.send(...["a", "b", "c"].map((name) => command("wait", { name })));
  await once(gate, "begun");

  const closing = target.server.serve.close();
  for (const name of ["a", "b", "c"]) {
    if (!begun.includes(name)) await once(gate, "begun");
    gate.emit(name);
    expect(await other.nextMessage()).toEqual({ name });
    if (name !== "a") continue;
    // The queue is shorter now.
    other.send(command("wait", { name: "late" }));
    while (other.socket.writableLength > 0) await nextTurn();
    for (let turn = 0; turn < 100; turn++) await nextTurn();
  }
  gate.emit("one");
  expect(await one.nextMessage()).toEqual({ name: "one" });
  expect(await one.closed()).toMatchObject({ code: 1001 });
  expect(await other.closed()).toMatchObject({ code: 1001 });
  await closing;
  expect(begun).toEqual(["one", "a", "b", "c"]);
  await target.close();
});

test("a client whose command takes longer than pongWait to finish still gets its reply", async () => {
  const { gate, wait } = gatedCommand();
  const target = await startTarget({ commands: [wait], config: [setPingPeriod(0.05), setPongWait(0.05)] });
  const client = await RawClient.open(target.url);
  client.send(command("wait", { name: "long" }));
  await once(gate, "begun");
  const closing = target.server.serve.close();
  for (let round = 0; round < 10; round++) {
    await client.nextFrame(Opcode.ping);
    client.send(frame({ opcode: Opcode.pong }));
  }
  gate.emit("long");
  expect(await client.nextMessage()).toEqual({ name: "long" });
  expect(await client.closed()).toMatchObject({ code: 1001 });
  await closing;
  await target.close();
});

test("of messages that are still being decompressed, those that begin are answered", async () => {
  const begun: number[] = [];
  const asked = new EventEmitter();
  const slow = defineCommand("slow", async (_ctx, { n }) => {
    begun.push(n);
    asked.emit("begun");
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    return { n };
  });
  const target = await startTarget({ commands: [slow], config: [setCompression()] });
  const client = await RawClient.open(target.url, deflate);
  const first = once(asked, "begun");
  client.send(...Array.from({ length: 100 }, (_, n) => compressed({ command: "slow", n })));
  await first;
  const closing = target.server.serve.close();
  expect(await client.closed()).toMatchObject({ code: 1001 });
  await closing;
  const texts = client.frames.filter(({ opcode }) => opcode === Opcode.text);
  expect(texts.map(({ payload }) => JSON.parse(payload.toString()).n)).toEqual(begun);
  await target.close();
});

test("a message that is decompressed while the others finish does not begin, or is answered", async () => {
  const { gate, begun, wait } = gatedCommand();
  let closing: Promise<void> | undefined;
  const stop = defineCommand("stop", () => {
    closing = target.server.serve.close();
  });
  const target = await startTarget({ commands: [wait, stop], config: [setCompression()] });
  const [busy, late, last] = await Promise.all([
    RawClient.open(target.url),
    RawClient.open(target.url, deflate),
    RawClient.open(target.url),
  ]);
  busy.send(command("wait", { name: "busy" }));
  await once(gate, "begun");
  late.send(compressed({ command: "wait", name: "late" }));
  last.send(command("stop"));
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  gate.emit("busy");
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  gate.emit("late");
  for (const client of [busy, late, last]) expect(await client.closed()).toMatchObject({ code: 1001 });
  await closing;
  const answered = late.frames.filter(({ opcode }) => opcode === Opcode.text).length;
  expect(answered).toBe(begun.length - 1);
  await target.close();
});

const deflate = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };

/** A text frame of permessage-deflate (RFC 7692 §7.2.1). */
function compressed(message: object): Buffer {
  const bytes = deflateRawSync(JSON.stringify(message), { finishFlush: constants.Z_SYNC_FLUSH });
  return frame({ reserved: 4, payload: bytes.subarray(0, -4) });
}

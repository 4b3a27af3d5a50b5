import { EventEmitter, once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { setCompression, setHandshakeTimeout, setRefusal, setWriteWait } from "wsgen-runtime";
import { defineCommand } from "../serve/define-module.js";
import { formatRequest } from "../server/http-exchange.js";
import { closeFrame, command, frame, Opcode } from "../support/frames.js";
import { eventually } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

let target: TargetServer;
afterEach(async () => {
  await target.expectUnharmed();
  await target.close();
});

/** How a peer goes: by TCP RST, by FIN alone, or by FIN and then nothing, with what it was sent unread. */
const ways: [string, (client: RawClient) => void][] = [
  ["a reset", (client) => client.reset()],
  ["an end", (client) => client.socket.end()],
  ["a destroyed socket", (client) => client.socket.destroy()],
];

const handshake = (): Buffer => Buffer.from(formatRequest({}));

describe.each(ways)("%s", (_way, leave) => {
  test("right after the TCP connection", async () => {
    target = await startTarget();
    const client = new RawClient(target.url);
    await once(client.socket, "connect");
    leave(client);
    await client.ended;
  });

  test("in the middle of the request", async () => {
    target = await startTarget({ config: [setHandshakeTimeout(1)] });
    const client = new RawClient(target.url);
    client.send(handshake().subarray(0, 40));
    await once(client.socket, "connect");
    leave(client);
    await client.ended;
  });

  test("right behind the request", async () => {
    target = await startTarget();
    const client = new RawClient(target.url);
    await once(client.socket, "connect");
    client.send(handshake());
    leave(client);
    await client.ended;
  });

  test.each([
    ["agrees", undefined, "http"],
    ["refuses", new Error("no"), "http"],
    ["refuses by a close", new Error("no"), "close"],
  ] as const)("while a connect runs that then %s", async (_title, refusal, how) => {
    const gate = new EventEmitter();
    let isGone = false;
    target = await startTarget({
      config: [setRefusal(how)],
      connect: async (ctx) => {
        if (ctx.headers["x-slow"] === undefined) return;
        ctx.signal.addEventListener("abort", () => {
          isGone = true;
        });
        const opened = once(gate, "open");
        gate.emit("asked");
        await opened;
        return refusal;
      },
    });
    const asked = once(gate, "asked");
    const client = new RawClient(target.url);
    client.send(Buffer.from(formatRequest({ headers: { "X-Slow": "1" } })));
    await asked;
    leave(client);
    await eventually(
      () => isGone,
      () => "the signal is not aborted",
    );
    gate.emit("open");
    await client.ended;
    await target.expectUnharmed();
    // The one that left, where connect agreed, and the healthy one.
    const expected = refusal === undefined ? [[1006, ""]] : [];
    expect(target.closings.filter(([code]) => code !== 1000)).toEqual(expected);
  });

  test("on an open connection", async () => {
    target = await startTarget();
    const client = await RawClient.open(target.url);
    client.send(command("join", { room: "lobby" }), command("ping"));
    await client.nextMessage();
    leave(client);
    await target.expectUnharmed();
    expect(target.closings).toContainEqual([1006, ""]);
  });

  test.each<[string, Buffer]>([
    ["a frame's head", command("ping").subarray(0, 3)],
    ["a frame's payload", command("ping").subarray(0, 9)],
    ["a message in fragments", frame({ fin: false, payload: "{" })],
  ])("in the middle of %s", async (_title, bytes) => {
    target = await startTarget();
    const client = await RawClient.open(target.url);
    client.send(bytes);
    leave(client);
    await target.expectUnharmed();
    expect(target.closings).toContainEqual([1006, ""]);
  });

  test("in the middle of a compressed message", async () => {
    target = await startTarget({ config: [setCompression()] });
    const client = await RawClient.open(target.url, deflate);
    client.send(frame({ reserved: 4, fin: false, payload: Buffer.from([0xaa, 0x56]) }));
    leave(client);
    await target.expectUnharmed();
    expect(target.closings).toContainEqual([1006, ""]);
  });

  test("while a command runs, whose signal is aborted and whose reply is dropped", async () => {
    const running = new EventEmitter();
    const wait = defineCommand("wait", async (ctx) => {
      running.emit("begun");
      if (!ctx.signal.aborted) await once(ctx.signal, "abort");
      return ctx.send("too late");
    });
    target = await startTarget({ commands: [wait] });
    const client = await RawClient.open(target.url);
    const begun = once(running, "begun");
    client.send(command("wait"), command("ping"));
    await begun;
    leave(client);
    await target.expectUnharmed();
    expect(target.closings).toContainEqual([1006, ""]);
  });

  test("while the server waits for the answer to its close frame", async () => {
    target = await startTarget({ config: [setWriteWait(5)] });
    const client = await RawClient.open(target.url);
    target.server.serve.module("test").all.close(4000, "go");
    await client.nextFrame(Opcode.close);
    leave(client);
    await target.expectUnharmed();
    expect(target.closings).toContainEqual([1006, ""]);
  });

  test("right behind its own close frame", async () => {
    target = await startTarget();
    const client = await RawClient.open(target.url);
    client.send(closeFrame(1000));
    leave(client);
    await target.expectUnharmed();
    // A reset may overtake the frame; the healthy one closes with 1000.
    for (const [code] of target.closings) expect([1000, 1006]).toContain(code);
    expect(target.closings).toHaveLength(2);
  });

  test("while megabytes wait to be sent to it", async () => {
    target = await startTarget({ config: [setWriteWait(2)] });
    const client = await RawClient.open(target.url);
    client.stopReading();
    target.server.serve.module("test").all.send("x".repeat(16 * 2 ** 20));
    leave(client);
    if (client.socket.isPaused()) client.socket.resume();
  });
});

const deflate = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setWriteWait } from "wsgen-runtime";
import { defineCommand } from "../serve/define-module.js";
import { closeFrame, command, frame, Opcode } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

const leave = defineCommand("leave", (ctx, { code, reason }) => ctx.close(code, reason));

let target: TargetServer;
beforeAll(async () => {
  target = await startTarget({ commands: [leave] });
});
afterAll(() => target.close());
beforeEach(() => void target.closings.splice(0));
afterEach(() => target.expectUnharmed());

const sendable = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const forbidden = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

describe("a client's close frame", () => {
  test.each(sendable)(
    "close: a client's code %i gets the same code back, and the module gets it",
    async (code) => {
      const client = await RawClient.open(target.url);
      client.send(closeFrame(code, "bye"));
      expect(await client.closed()).toMatchObject({ code });
      await target.expectUnharmed();
      expect(target.closings[0]).toEqual([code, "bye"]);
    },
  );

  test.each(forbidden)("with the code %i, which may not be sent, is a protocol error", async (code) => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame(code));
    expect(await client.closed()).toMatchObject({ code: 1002 });
    await target.expectUnharmed();
    expect(target.closings[0]).toEqual([1002, ""]);
  });

  test("close: a frame without a code counts as 1005", async () => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame());
    expect(await client.closed()).toMatchObject({ code: 1005 });
    await target.expectUnharmed();
    expect(target.closings[0]).toEqual([1005, ""]);
  });

  test("of one byte is a protocol error", async () => {
    const client = await RawClient.open(target.url);
    client.send(frame({ opcode: Opcode.close, payload: "x" }));
    expect(await client.closed()).toMatchObject({ code: 1002 });
  });

  test("with a reason that is not UTF-8 is invalid data", async () => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame(1000, Buffer.from([0xc3, 0x28])));
    expect(await client.closed()).toMatchObject({ code: 1007 });
  });

  test("with a reason of 123 bytes is taken", async () => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame(1000, "x".repeat(123)));
    expect(await client.closed()).toMatchObject({ code: 1000 });
    await target.expectUnharmed();
    expect(target.closings[0]).toEqual([1000, "x".repeat(123)]);
  });

  test("with a reason of 124 bytes is a protocol error", async () => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame(1000, "x".repeat(124)));
    expect(await client.closed()).toMatchObject({ code: 1002 });
  });

  test("ends the connection: frames behind it are not read", async () => {
    const client = await RawClient.open(target.url);
    client.send(closeFrame(1000), command("ping"), frame({ reserved: 7 }));
    expect(await client.closed()).toMatchObject({ code: 1000 });
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([Opcode.close]);
  });
});

describe("the server's close frame", () => {
  test.each(sendable)("close: the frame has the code %i", async (code) => {
    const client = await RawClient.open(target.url);
    client.send(command("leave", { code, reason: "go" }));
    expect(await client.closed()).toEqual({ code, reason: "go" });
  });

  test.each(forbidden)(
    "close: the code %i is never sent: the command fails and the connection stays",
    async (code) => {
      const client = await RawClient.open(target.url);
      client.send(command("leave", { code }), command("ping"));
      expect(await client.nextMessage()).toMatchObject({ error: { code: "failed" } });
      expect(await client.nextMessage()).toEqual({ ping: "pong" });
      client.reset();
    },
  );

  test.each([
    ["ASCII", "x".repeat(200), "x".repeat(123)],
    ["two bytes a character", "é".repeat(100), "é".repeat(61)],
    ["four bytes a character", "😀".repeat(40), "😀".repeat(30)],
    ["a lone surrogate", "\ud800", "\ufffd"],
  ])("close: the reason is cut to 123 bytes and no character is split: %s", async (_title, reason, told) => {
    const client = await RawClient.open(target.url);
    client.send(command("leave", { code: 4000, reason }));
    expect(await client.closed()).toEqual({ code: 4000, reason: told });
  });

  test("setWriteWait: the connection ends also when the client does not answer", async () => {
    const deaf = await startTarget({ commands: [leave], config: [setWriteWait(0.1)] });
    const client = await RawClient.open(deaf.url);
    client.send(command("leave", { code: 4000, reason: "" }));
    await client.ended;
    await deaf.expectUnharmed();
    await deaf.close();
  });
});

import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setCompression,
  setMaxMessageBufferSize,
  setSlowConsumerPolicy,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { nextTurn, rawSocket } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

const part = "x".repeat(64_000);

/** A client and its context on the server. */
async function connect(...config: SetWSServerConfig[]): Promise<{ client: TestClient; ctx: WSContext }> {
  let ctx: WSContext | undefined;
  const connecting: unknown[] = [];
  const connectHook = async (own: WSContext) => {
    ctx = own;
    connecting.push(own.bufferedBytes, await own.drained());
  };
  server = await startModules(defineModule({ config, commands: [ping], connect: connectHook }));
  const client = await connectClient(server.url("/test/ws"));
  await client.request("ping");
  expect(connecting).toEqual([0, false]);
  return { client, ctx: ctx as WSContext };
}

/** Sends until the client, which does not read, has something left in the process. */
async function fill(ctx: WSContext): Promise<number> {
  let sent = 0;
  while (ctx.bufferedBytes < 1_000_000) {
    expect(ctx.send(part)).toBe(true);
    sent += 1;
    await nextTurn();
  }
  return sent;
}

const unlimited = setMaxMessageBufferSize(64_000_000);

describe.each([
  ["plain", [unlimited]],
  ["compressed", [unlimited, setCompression({ threshold: 1_000_000 })]],
])("%s: ctx.bufferedBytes and ctx.drained()", (_title, config) => {
  test("are 0 and true where everything is taken", async () => {
    const { ctx, client } = await connect(...config);
    expect(ctx.send("one")).toBe(true);
    expect(ctx.bufferedBytes).toBeGreaterThan(3);
    expect(await ctx.drained()).toBe(true);
    expect(ctx.bufferedBytes).toBe(0);
    expect(await client.next()).toBe("one");
  });

  test("bufferedBytes, drained: wait for a client that does not read, and all of it comes", async () => {
    const { ctx, client } = await connect(...config);
    rawSocket(client).pause();
    const sent = await fill(ctx);
    let isDrained: boolean | undefined;
    const waiting = [ctx.drained(), ctx.drained()].map((drained) =>
      drained.then((value) => {
        isDrained = value;
      }),
    );
    await nextTurn();
    expect(isDrained).toBeUndefined();
    rawSocket(client).resume();
    for (let left = sent; left > 0; left--) expect(await client.next()).toBe(part);
    await Promise.all(waiting);
    expect(isDrained).toBe(true);
    expect(ctx.bufferedBytes).toBe(0);
  });

  test("drained: is false when the connection ends before", async () => {
    const { ctx, client } = await connect(...config);
    rawSocket(client).pause();
    await fill(ctx);
    const drained = ctx.drained();
    rawSocket(client).destroy();
    expect(await drained).toBe(false);
    expect(await ctx.drained()).toBe(false);
    expect(ctx.send("late")).toBe(false);
  });
});

test("a command that waits for drained() between the parts of its answer keeps one part in memory", async () => {
  let largest = 0;
  const parts = defineCommand("parts", async (ctx) => {
    for (let number = 0; number < 200; number++) {
      if (!ctx.emit("part", { number, part }) || !(await ctx.drained())) return;
      largest = Math.max(largest, ctx.bufferedBytes);
    }
    return { done: true };
  });
  server = await startModules(defineModule({ commands: [parts] }));
  const client = await connectClient(server.url("/test/ws"));
  rawSocket(client).pause();
  client.send({ command: "parts", id: 1 });
  rawSocket(client).resume();
  for (let number = 0; number < 200; number++)
    expect(await client.next()).toMatchObject({ data: { number } });
  expect(await client.next()).toEqual({ command: "parts", id: 1, data: { done: true } });
  expect(largest).toBe(0);
});

test("send returns false for a message that drop-newest drops, and accepted messages arrive", async () => {
  const { ctx, client } = await connect(
    setSlowConsumerPolicy("drop-newest"),
    setMaxMessageBufferSize(200_000),
  );
  const module = server.serve.module("test");
  rawSocket(client).pause();
  const answers: boolean[] = [];
  while (answers.filter((isSent) => !isSent).length < 5) {
    answers.push(ctx.send({ number: answers.length, part }));
    await nextTurn();
    if (answers.length > 10_000) throw new Error("The kernel takes everything.");
  }
  expect(module.all.send({ number: -1, part })).toEqual({ delivered: 0, gone: [] });
  const { messagesDropped } = module.stats();
  rawSocket(client).resume();
  const numbers: number[] = [];
  for (let left = answers.length + 1 - messagesDropped; left > 0; left--)
    numbers.push(((await client.next()) as { number: number }).number);
  for (const number of numbers) expect(answers[number]).toBe(true);
  client.socket.close();
  await once(client.socket, "close");
});

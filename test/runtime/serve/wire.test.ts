import { afterEach, describe, expect, test } from "vitest";
import { type IWebsocket, Mode, setMode, WebsocketError } from "wsgen-runtime";
import { connectClient, startModules, type TestClient } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "./define-module.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connectTo(module: IWebsocket): Promise<TestClient> {
  const server = await startModules(module);
  cleanups.push(server.close);
  return connectClient(server.url("/test/ws"));
}

const say = defineCommand("say", (_ctx, data) => ({ delivered: 3, got: data }));

describe("replies", () => {
  test("without an id are what the command returned", async () => {
    const client = await connectTo(defineModule({ commands: [ping] }));
    client.send({ command: "ping" });
    expect(await client.next()).toEqual({ ping: "pong" });
  });

  test("with an id carry command, id and data", async () => {
    const client = await connectTo(defineModule({ commands: [say] }));
    client.send({ command: "say", id: 7, text: "hi" });
    expect(await client.next()).toEqual({
      command: "say",
      id: 7,
      data: { delivered: 3, got: { text: "hi" } },
    });
  });

  test("of a command that returns nothing come only where there is an id", async () => {
    const client = await connectTo(
      defineModule({ commands: [ping, defineCommand("quiet", () => undefined)] }),
    );
    client.send({ command: "quiet" });
    client.send({ command: "quiet", id: "a" });
    client.send({ command: "ping" });
    expect(await client.next()).toMatchObject({ command: "quiet", id: "a" });
    expect(await client.next()).toEqual({ ping: "pong" });
  });

  test("come in the order of the commands, however long these take", async () => {
    const wait = defineCommand("wait", async (_ctx, { turns, name }) => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      return name;
    });
    const client = await connectTo(defineModule({ commands: [wait] }));
    for (const [name, turns] of [
      ["slow", 20],
      ["quick", 0],
      ["middle", 5],
    ]) {
      client.send({ command: "wait", name, turns });
    }
    expect([await client.next(), await client.next(), await client.next()]).toEqual([
      "slow",
      "quick",
      "middle",
    ]);
  });
});

describe("errors", () => {
  const fails = [
    defineCommand("throws", () => {
      throw new Error("no luck");
    }),
    defineCommand("returns", () => new WebsocketError("no_seat", "All taken.", { details: [1] })),
    defineCommand("rejects", async () => {
      throw "a string";
    }),
  ];

  test.each([
    ["throws", { code: "failed", message: "no luck" }],
    ["returns", { code: "no_seat", message: "All taken.", details: [1] }],
    ["rejects", { code: "failed", message: "a string" }],
    ["nope", { code: "unknown_command", message: expect.any(String) }],
    ["__proto__", { code: "unknown_command", message: expect.any(String) }],
    ["constructor", { code: "unknown_command", message: expect.any(String) }],
  ])("%s", async (command, error) => {
    const client = await connectTo(defineModule({ commands: fails }));
    client.send({ command, id: 1 });
    expect(await client.next()).toEqual({ command, id: 1, error });
  });

  test("setMode: unexpected errors are hidden in product mode", async () => {
    const client = await connectTo(defineModule({ commands: fails, config: [setMode(Mode.product)] }));
    client.send({ command: "throws" });
    const reply = JSON.stringify(await client.next());
    expect(reply).toContain("reference");
    expect(reply).not.toContain("no luck");
  });

  test.each(["not json", "[]", "null", "1", "{}", '{"command":1}', `${"[".repeat(2_000)}`])(
    "a bad message costs an error reply, not the connection: %s",
    async (text) => {
      const client = await connectTo(defineModule({ commands: [ping] }));
      client.send(text);
      expect(await client.next()).toMatchObject({ error: { code: "invalid_message" } });
      expect(await client.request("ping")).toEqual({ ping: "pong" });
    },
  );
});

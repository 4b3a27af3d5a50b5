import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  closePushCommandErrorMessage,
  closeResponseData,
  type SetWSServerConfig,
  setCommandTimeout,
  setEnvelope,
  setExecuteTimeout,
  setHooks,
  WebsocketError,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";

let server: TestServer;
afterEach(() => server.close());

async function start(
  config: SetWSServerConfig[],
  ...commands: ReturnType<typeof defineCommand>[]
): Promise<TestClient> {
  server = await startModules(defineModule({ config, commands: [ping, ...commands] }));
  return connectClient(server.url("/test/ws"));
}

test("a command that takes too long is answered timeout, its signal is aborted, and the next one runs", async () => {
  const aborted: unknown[] = [];
  const endless = defineCommand("endless", async (ctx) => {
    await once(ctx.signal, "abort");
    aborted.push((ctx.signal.reason as Error).name);
    return "too late";
  });
  const client = await start([setExecuteTimeout(0.05)], endless);
  await expect(client.request("endless")).rejects.toMatchObject({ code: "timeout" });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
  expect(aborted).toEqual(["TimeoutError"]);
});

test("a command's own time limit goes before the module's, and a disconnect aborts it too", async () => {
  const reasons: unknown[] = [];
  let noted = () => {};
  const done = new Promise<void>((resolve) => {
    noted = resolve;
  });
  const patient = defineCommand(
    "patient",
    async (ctx) => {
      ctx.send("started");
      await once(ctx.signal, "abort");
      reasons.push((ctx.signal.reason as Error).name);
      noted();
    },
    [setCommandTimeout(60)],
  );
  const client = await start([setExecuteTimeout(0.01)], patient);
  client.send({ command: "patient" });
  expect(await client.next()).toBe("started");
  client.socket.terminate();
  await done;
  expect(reasons).toEqual(["AbortError"]);
});

test("results and errors can be switched off per command", async () => {
  const mute = defineCommand("mute", () => 1, [closeResponseData()]);
  const fails = () => {
    throw new WebsocketError("no", "No.");
  };
  const client = await start([], mute, defineCommand("hush", fails, [closePushCommandErrorMessage()]));
  client.send({ command: "mute", id: 1 });
  client.send({ command: "hush", id: 2 });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
});

test("hooks run around a command, and before can answer in its place", async () => {
  const seen: unknown[] = [];
  const client = await start(
    [
      setHooks({
        before: (ctx, data) => {
          seen.push(["before", ctx.command, ctx.correlationId, data]);
          return ctx.command === "ping" ? new WebsocketError("closed", "Closed.") : undefined;
        },
        after: (ctx, _data, reply) => void seen.push(["after", ctx.command, reply]),
        onError: (ctx, error) => {
          seen.push(["error", ctx.command, (error as Error).message]);
          throw new Error("the hook itself fails");
        },
      }),
    ],
    defineCommand("double", (_ctx, { n }) => n * 2),
  );
  expect(await client.request("double", { n: 2 })).toBe(4);
  await expect(client.request("ping")).rejects.toMatchObject({ code: "closed" });
  expect(seen).toEqual([
    ["before", "double", 1, { n: 2 }],
    ["after", "double", 4],
    ["before", "ping", 2, {}],
    ["error", "ping", "Closed."],
  ]);
});

test("a result that cannot be written is an error of the command", async () => {
  const client = await start(
    [],
    defineCommand("big", () => 1n),
  );
  await expect(client.request("big")).rejects.toMatchObject({ code: "failed" });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
});

describe("an unknown command and a bad message", () => {
  test("may be ignored", async () => {
    const client = await start([setEnvelope({ unknownCommand: "ignore", invalidMessage: "ignore" })]);
    client.send("not json");
    client.send({ command: "nope" });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("may close the connection", async () => {
    const client = await start([setEnvelope({ unknownCommand: 4404, invalidMessage: 1003 })]);
    client.send({ command: "nope" });
    expect(await client.closed).toMatchObject({ code: 4404 });
    const other = await connectClient(server.url("/test/ws"));
    other.send("not json");
    expect(await other.closed).toMatchObject({ code: 1003 });
  });
});

test("a batch is answered in one frame, in order", async () => {
  const slow = defineCommand("slow", async () => "slow");
  const client = await start([setEnvelope({ batch: true })], slow);
  client.send([{ command: "slow", id: 1 }, { command: "nope", id: 2 }, { command: "ping" }]);
  expect(await client.next()).toEqual([
    { command: "slow", id: 1, data: "slow" },
    { command: "nope", id: 2, error: { code: "unknown_command", message: expect.any(String) } },
    { ping: "pong" },
  ]);
});

// The part of a generated client that converts bytes, against a module with JSON.
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  bindErrors,
  type Conversion,
  setEvents,
  setMaxMessageBufferSize,
  setMaxMessageSize,
  setRefusal,
  setReplyConversion,
  setRequestConversion,
} from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import {
  type Client,
  ClientError,
  type ClientOptions,
  convertBytes,
  createClient,
} from "../../../runtime/src/client/index.js";
import { cpuTimeMs } from "../../support/cpu-time.js";
import { defineCommand, defineModule, type ModuleDefinition } from "../serve/define-module.js";

const conversion: Conversion = [{ properties: { data: { of: 1 } } }, { bytes: true }];
const whole: Conversion = [{ bytes: true }];
const hi = Uint8Array.of(104, 105);

const errors = bindErrors<{ broken: unknown }>({
  broken: { code: "broken", message: "Broken.", check: () => undefined, conversion },
});

let server: TestServer;
let seen: unknown[];
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
});

async function open(
  options: ClientOptions = {},
  { connect, config = [] }: Pick<ModuleDefinition, "connect" | "config"> = {},
): Promise<Client> {
  seen = [];
  const convert = [setRequestConversion(conversion), setReplyConversion(conversion)];
  server = await startModules(
    defineModule({
      ...(connect && { connect }),
      config: [
        ...config,
        setEvents({ changed: { conversion }, raw: { conversion: whole } }),
        ...[setMaxMessageSize(16_000_000), setMaxMessageBufferSize(16_000_000)],
      ],
      commands: [
        defineCommand(
          "echo",
          (_ctx, data) => {
            seen.push(data.data);
            return data;
          },
          convert,
        ),
        defineCommand("fail", (_ctx, data) => errors.broken(data), convert),
        defineCommand("constructor", (_ctx, data) => data),
        defineCommand("wrong", (ctx) => {
          ctx.send({ event: "changed", data: { data: "aGk" } });
          return { data: "aGk" };
        }),
      ],
    }),
  );
  const client = createClient(server.url("/test/ws"), { WebSocket, onError: () => {}, ...options });
  clients.push(client);
  const byName = { echo: conversion, fail: conversion, wrong: conversion };
  return convertBytes(client, {
    ...{ requests: byName, replies: byName, errors: { broken: conversion } },
    events: { changed: conversion, raw: whole },
  });
}

const emit = (name: string, data: unknown) => server.serve.module("test").all.emit(name, data);

describe("a client with bytes", () => {
  test.each([0, 1, 2, 3, 4, 6_143, 6_144, 6_145, 100_000])("sends and reads %i of them", async (size) => {
    const client = await open();
    const data = Uint8Array.from({ length: size }, (_, at) => (at * 7) % 256);
    const fields = { data, text: "aGk=" };
    const reply = (await client.request("echo", fields)) as { data: Uint8Array };
    expect(seen).toEqual([data]);
    expect(reply).toEqual(fields);
    expect(reply.data.constructor).toBe(Uint8Array);
    expect(fields.data).toBe(data);
  });

  test("sends a part of a buffer, shared memory and what toJSON returns", async () => {
    const client = await open();
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    shared.set(hi);
    const part = Uint8Array.of(1, 104, 105, 2).subarray(1, 3);
    for (const data of [part, shared, { toJSON: () => hi }]) await client.request("echo", { data });
    expect(seen).toEqual([hi, hi, hi]);
    expect(await client.request("echo", { data: null })).toEqual({ data: null });
  });

  test.each([
    ["ArrayBuffer", hi.buffer],
    ["DataView", new DataView(hi.buffer)],
    ["Uint16Array", new Uint16Array(1)],
    ["Blob", new Blob(["hi"])],
  ])("does not send a value of the type %s", async (type, data) => {
    const client = await open();
    await expect(client.request("echo", { data })).rejects.toMatchObject({
      code: "not_serializable",
      message: expect.stringContaining(`The value of "data" is of the type ${type}; expected a Uint8Array.`),
    });
    expect(seen).toEqual([]);
  });

  test("reads the details of errors, and names that objects inherit mean nothing", async () => {
    const client = await open();
    await expect(client.request("fail", { data: hi })).rejects.toMatchObject({
      code: "broken",
      details: { data: hi },
    });
    expect(await client.request("constructor", { data: "aGk=" })).toEqual({ data: "aGk=" });
    await expect(client.request("toString")).rejects.toMatchObject({ code: "unknown_command" });
  });

  test("reads an event once for all listeners, promises and iterations", async () => {
    const client = await open();
    await client.request("echo", {});
    const heard: unknown[] = [];
    client.on("changed", (data) => heard.push(data));
    const stop = client.on("changed", (data) => heard.push(data));
    const next = client.once("changed");
    await using stream = client.events("changed");
    const raw = client.once("raw");
    emit("changed", { data: hi });
    emit("raw", hi);
    const { value } = await stream.next();
    expect(value).toEqual({ data: hi });
    expect(await next).toBe(value);
    expect(heard).toEqual([value, value]);
    expect(heard[0]).toBe(heard[1]);
    expect(await raw).toEqual(hi);
    stop();
    emit("changed", { data: null });
    emit("other", { data: "aGk=" });
    await client.request("echo", {});
    expect(heard).toHaveLength(3);
    await client.close();
    expect(await stream.next()).toEqual({ value: { data: null } });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(stream.dropped).toBe(0);
  });

  test("refuses text that is not base64 in a reply, and reports it in an event", async () => {
    const reported: unknown[] = [];
    const client = await open({ onError: (error) => reported.push(error) });
    const heard: unknown[] = [];
    client.on("changed", (data) => heard.push(data));
    const once = client.once("changed");
    once.catch(() => {});
    await expect(client.request("wrong")).rejects.toMatchObject({ code: "bad_reply", wasSent: true });
    await expect(once).rejects.toMatchObject({ code: "bad_reply" });
    expect(heard).toEqual([]);
    expect(reported).toEqual([expect.any(ClientError)]);
  });

  test("takes linear time for megabytes, without a deep stack", async () => {
    const client = await open();
    const data = new Uint8Array(5_000_000).fill(200);
    const takenMs = await cpuTimeMs(async () => {
      const reply = (await client.request("echo", { data })) as { data: Uint8Array };
      expect(Buffer.from(data).equals(reply.data)).toBe(true);
    });
    expect(takenMs).toBeLessThan(5_000);
  });

  test.each([
    ["an HTTP answer", []],
    ["a message", [setRefusal("close")]],
  ])("reads the details of the error that refuses a handshake by %s", async (_title, config) => {
    const client = await open({}, { connect: () => errors.broken({ data: hi }), config });
    const changed = new Promise((resolve) => {
      client.onState((change) => change.state === "closed" && resolve(change.error.cause));
    });
    const cause = { code: "broken", details: { data: hi } };
    await expect(client.request("echo", {})).rejects.toMatchObject({ code: "closed", cause });
    expect(await changed).toMatchObject(cause);
  });

  test("rejects with the error of the request when the client is closed", async () => {
    const client = await open();
    await client.close();
    await expect(client.request("echo", { data: hi })).rejects.toMatchObject({ code: "closed" });
    await expect(client.once("changed")).rejects.toMatchObject({ code: "closed" });
  });
});

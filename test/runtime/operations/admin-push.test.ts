import { afterEach, describe, expect, test } from "vitest";
import { disableStoreConnection, setEvents, setMode, setRawHandler } from "wsgen-runtime";
import type { TestClient } from "wsgen-runtime/testing";
import { isBytes } from "wsgen-runtime/validation";
import { ping } from "../serve/define-module.js";
import { type AdminServer, startAdminServer } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const push = (body: unknown) => admin.ask("/push", { method: "POST", body });

/** By the reply to a ping, everything that was pushed to the client before has come. */
async function received(client: TestClient): Promise<unknown[]> {
  await client.request("ping");
  const messages: unknown[] = [];
  for (;;) {
    const message = await client.next(1).catch(() => undefined);
    if (message === undefined) return messages;
    messages.push(message);
  }
}

test.each([
  ["in the connection manager", []],
  ["in no connection manager", [disableStoreConnection()]],
])("goes to ids, a room, a tag and all of connections %s", async (_, config) => {
  admin = await startAdminServer({ commands: [ping], config });
  const ann = await admin.connect("room=x&tag=t");
  const bob = await admin.connect("room=x");
  const to = (receivers: object, content: object) => push({ module: "test", to: receivers, ...content });

  expect((await to({ ids: [ann.id, "nobody"] }, { message: [1] })).body).toEqual({
    delivered: 1,
    gone: ["nobody"],
  });
  expect((await to({ room: "x" }, { event: "e", data: { n: 2 } })).body).toEqual({ delivered: 2, gone: [] });
  expect((await to({ tag: "t" }, { event: "e" })).body).toEqual({ delivered: 1, gone: [] });
  expect((await to({ all: true, except: [ann.id] }, { message: "text" })).body).toEqual({
    delivered: 1,
    gone: [],
  });
  expect((await to({ room: "empty" }, { message: 1 })).body).toEqual({ delivered: 0, gone: [] });
  expect(await received(ann.client)).toEqual([
    [1],
    { event: "e", data: { n: 2 } },
    { event: "e", data: null },
  ]);
  expect(await received(bob.client)).toEqual([{ event: "e", data: { n: 2 } }, "text"]);
});

test("is in the log without the pushed data", async () => {
  admin = await startAdminServer({});
  await push({ module: "test", to: { all: true }, event: "e", data: { card: "4111" } });
  expect(admin.lines).toContainEqual({
    level: "info",
    text: "admin action",
    ...{
      by: "admin",
      from: "127.0.0.1",
      action: "push",
      details: { module: "test", to: { all: true }, event: "e", delivered: 0, gone: 0 },
    },
  });
  expect(JSON.stringify(admin.lines)).not.toContain("4111");
});

test("a raw module gets a text as it is", async () => {
  admin = await startAdminServer({ config: [setRawHandler(() => {})] });
  const { client } = await admin.connect();
  await push({ module: "test", to: { all: true }, message: "as it is" });
  expect(await client.next()).toBe("as it is");
});

test("has base64 in place of the bytes of an event, and is checked", async () => {
  const check = (data: unknown) =>
    isBytes(data) ? undefined : [{ pointer: "", rule: "type", message: "must be bytes" }];
  admin = await startAdminServer({ config: [setEvents({ e: { check, conversion: [{ bytes: true }] } })] });
  const { client } = await admin.connect();
  const to = { all: true };
  expect((await push({ module: "test", to, event: "e", data: "aGk=" })).body.delivered).toBe(1);
  expect(await client.next()).toEqual({ event: "e", data: "aGk=" });
  expect((await push({ module: "test", to, event: "e", data: "aGk" })).body.error).toEqual({
    code: "invalid_request",
    message: "data does not fit its schema: it must be bytes.",
  });
});

describe("is refused", () => {
  const right = { module: "test", to: { all: true }, message: 1 };
  test.each<[object, string]>([
    [{ ...right, module: undefined }, "module is missing"],
    [{ ...right, module: 1 }, "module must be a string"],
    [{ ...right, to: undefined }, "to is missing"],
    [{ ...right, to: ["a"] }, "to must be a JSON object"],
    [{ ...right, to: {} }, "to must have exactly one of ids, room, tag, all"],
    [{ ...right, to: { except: [] } }, "to must have exactly one of"],
    [{ ...right, to: { all: true, room: "x" } }, "to must have exactly one of"],
    [{ ...right, to: { all: false } }, "all must be true"],
    [{ ...right, to: { ids: "a" } }, "ids must be a list"],
    [{ ...right, to: { ids: [1] } }, "ids[0] must be a string"],
    [{ ...right, to: { ids: Array(10_001).fill("a") } }, "at most 10000"],
    [{ ...right, to: { room: "" } }, "room must be a string"],
    [{ ...right, to: { all: true, except: "a" } }, "except must be a list"],
    [{ ...right, to: { all: true, exept: [] } }, 'Unknown name "exept"'],
    [{ ...right, event: "e" }, "The body must have exactly one of event, message"],
    [{ module: "test", to: { all: true } }, "The body must have exactly one of event, message"],
    [{ ...right, data: 1 }, "The body has data, which belongs to event"],
    [{ ...right, message: undefined, event: 1 }, "event must be a string"],
    [{ ...right, mesage: 1 }, 'Unknown name "mesage"'],
  ])("%j", async (body, message) => {
    admin = await startAdminServer({});
    expect(await push(body)).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_request", message: expect.stringContaining(message) } },
    });
  });

  test("if the data does not match the event's schema, in product mode too", async () => {
    const check = (data: unknown) =>
      typeof data === "string" ? undefined : [{ pointer: "", rule: "type", message: "must be a string" }];
    admin = await startAdminServer({ config: [setMode("product"), setEvents({ e: { check } })] });
    const { client } = await admin.connect();
    const to = { all: true };
    expect((await push({ module: "test", to, event: "e", data: 1 })).body.error).toEqual({
      code: "invalid_request",
      message: "data does not fit its schema: it must be a string.",
    });
    expect((await push({ module: "test", to, event: "e" })).status).toBe(400);
    expect((await push({ module: "test", to, event: "constructor" })).status).toBe(200);
    expect((await push({ module: "test", to, event: "e", data: "fits" })).body.delivered).toBe(1);
    expect(await client.next()).toEqual({ event: "constructor", data: null });
    expect(await client.next()).toEqual({ event: "e", data: "fits" });
  });

  test("for a module that is not there, with those that are", async () => {
    admin = await startAdminServer({ flag: "a" }, { flag: "b" });
    const { status, body } = await push({ module: "constructor", to: { all: true }, message: 1 });
    expect(status).toBe(404);
    expect(body.error).toEqual({
      code: "unknown_module",
      message: "Unknown module. The modules are: a, b.",
    });
  });
});

test("a replayed event with except is refused with 400", async () => {
  await using admin = await startAdminServer({ config: [setEvents({ news: { replay: { last: 10 } } })] });
  const push = (to: object) =>
    admin.ask("/push", { method: "POST", body: { module: "test", to, event: "news" } });
  expect(await push({ all: true, except: ["x"] })).toMatchObject({
    status: 400,
    body: { error: { message: 'The event "news" is replayed to all receivers. Push it without except.' } },
  });
  expect(await push({ all: true })).toMatchObject({ status: 200 });
});

import { afterEach, expect, test, vi } from "vitest";
import { disableStoreConnection, setTrustProxy } from "wsgen-runtime";
import { connectClient, type TestClient } from "wsgen-runtime/testing";
import { defineCommand, ping } from "../serve/define-module.js";
import { type AdminServer, startAdminServer } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const idsOf = (body: { connections: { id: string }[] }): string[] => body.connections.map(({ id }) => id);

test("modules are shown with their routes, commands and counters", async () => {
  admin = await startAdminServer(
    { flag: "a", urls: ["ws", "rooms/:room"], commands: [ping] },
    { flag: "b", port: 1, config: [disableStoreConnection()] },
  );
  const { client } = await admin.connect("room=lobby", "a");
  await client.request("ping");
  const { body } = await admin.ask("/modules");
  expect(body.modules).toMatchObject([
    {
      flag: "a",
      port: admin.server.serve.module("a").port,
      routes: ["/a/ws", "/a/rooms/:room"],
      commands: ["ping"],
      storesConnections: true,
      connections: 1,
      rooms: 1,
      counters: { accepted: 1, commands: 1, messagesIn: 1, messagesOut: 2, refused: 0 },
    },
    { flag: "b", commands: [], connections: 0, storesConnections: false },
  ]);
});

test("a connection is shown with its data, and without the credentials of its client", async () => {
  admin = await startAdminServer({ urls: ["rooms/:room"] });
  const client = await connectClient(admin.server.url("/test/rooms/blue?room=lobby&tag=user:1&token=hush"), {
    headers: { cookie: "session=hush" },
  });
  const id = String(await client.next());
  const { body } = await admin.ask(`/connections/${id}`);
  expect(body).toEqual({
    ...{ id, module: "test", route: "/test/rooms/:room", params: { room: "blue" } },
    ...{ remoteAddress: "127.0.0.1", connectedAt: expect.stringMatching(/^\d{4}-.*Z$/), subprotocol: "" },
    ...{ rooms: ["lobby"], tags: ["user:1"] },
    counters: { messagesIn: 0, messagesOut: 1, bytesIn: expect.any(Number), bytesOut: expect.any(Number) },
    queue: { bufferedBytes: 0, waitingMessages: 0, runningMessages: 0 },
  });
  expect(body.counters.bytesIn).toBeGreaterThan(100);
  expect(body.counters.bytesOut).toBeGreaterThan(100);
});

test("a connection is shown with its counters, and with what waits for it", async () => {
  let finish = () => {};
  const blocked = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const wait = defineCommand("wait", (ctx) => {
    ctx.send("begun");
    return blocked;
  });
  admin = await startAdminServer({ commands: [wait] });
  const { client, id } = await admin.connect();
  for (let number = 0; number < 3; number += 1) client.send({ command: "wait" });
  await client.next();
  await vi.waitFor(async () => {
    const { body } = await admin.ask(`/connections/${id}`);
    expect(body.counters).toMatchObject({ messagesIn: 3, messagesOut: 2 });
    expect(body.queue).toEqual({ bufferedBytes: 0, waitingMessages: 2, runningMessages: 1 });
  });
  finish();
});

test("connections are listed by module, room, tag and address, the oldest first, in pages", async () => {
  admin = await startAdminServer(
    { flag: "a", config: [setTrustProxy(1)] },
    { flag: "b", config: [disableStoreConnection()] },
  );
  const connected = [];
  for (const [query, flag] of [
    ["room=x&tag=t", "a"],
    ["room=x", "b"],
    ["tag=t", "a"],
    ["room=x&room=y&tag=t", "a"],
  ]) {
    connected.push(await admin.connect(query, flag));
  }
  const far = await connectClient(admin.server.url("/a/ws"), { headers: { "x-forwarded-for": "192.0.2.7" } });
  const all = [...connected.map(({ id }) => id), String(await far.next())];
  const list = async (query: string) => (await admin.ask(`/connections?${query}`)).body;

  const inOrder = [all[0], all[2], all[3], all[4], all[1]];
  expect(await list("")).toMatchObject({ total: 5 });
  expect(idsOf(await list(""))).toEqual(inOrder);
  expect(idsOf(await list("module=a&room=x"))).toEqual([all[0], all[3]]);
  expect(idsOf(await list("room=x&tag=t"))).toEqual([all[0], all[3]]);
  expect(idsOf(await list("module=b"))).toEqual([all[1]]);
  expect(idsOf(await list("tag=t&module=a&room=y"))).toEqual([all[3]]);
  expect(idsOf(await list("address=192.0.2.7"))).toEqual([all[4]]);
  expect(await list("room=nobody")).toMatchObject({ connections: [], total: 0 });

  const pages: string[][] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const page = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
    pages.push(idsOf(page));
    cursor = page.next;
  }
  expect(pages).toEqual([inOrder.slice(0, 2), inOrder.slice(2, 4), inOrder.slice(4)]);
  expect(await list("address=127.0.0.1")).not.toHaveProperty("total");
});

test.each([
  ["GET", "limit=0", "limit must be a whole number from 1 to 1000"],
  ["GET", "limit=1001", "limit must be"],
  ["GET", "limit=1e3", "limit must be"],
  ["GET", "offset=1", 'Unknown name "offset"'],
  ["GET", "cursor=x", "cursor is not one that this query has answered"],
  ["GET", "cursor=MS5vdGhlcg", "cursor is not one that this query has answered"],
  ["GET", "rooms=x", 'Unknown name "rooms"; allowed: module, room, tag, address, limit, cursor'],
  ["GET", "__proto__=x", 'Unknown name "__proto__"'],
  ["GET", "room=a&room=b", "room is given twice"],
  ["DELETE", "room=a", "module is missing"],
  ["DELETE", "", "module is missing"],
  ["DELETE", "module=test&room=", "room is empty"],
  ["DELETE", "module=test&rom=a", 'Unknown name "rom"'],
  ["DELETE", "module=test&limit=1", 'Unknown name "limit"'],
])("%s /connections?%s is refused", async (method, query, message) => {
  admin = await startAdminServer({});
  const { client } = await admin.connect();
  const { status, body } = await admin.ask(`/connections?${query}`, { method });
  expect(status).toBe(400);
  expect(body.error).toEqual({ code: "invalid_request", message: expect.stringContaining(message) });
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test("one is closed, with a message before it and a line in the log", async () => {
  admin = await startAdminServer({});
  const { client, id } = await admin.connect();
  const other = await admin.connect();
  const body = { code: 4001, reason: "moved", message: { go: "elsewhere" } };
  expect(await admin.ask(`/connections/${id}`, { method: "DELETE", body })).toMatchObject({
    status: 200,
    body: { closed: 1 },
  });
  expect(await client.next()).toEqual({ go: "elsewhere" });
  expect(await client.closed).toEqual({ code: 4001, reason: "moved" });
  expect(admin.lines).toContainEqual({
    level: "info",
    text: "admin action",
    ...{ by: "admin", from: "127.0.0.1", action: "closeConnection" },
    details: { module: "test", connection: id, code: 4001, reason: "moved" },
  });
  expect((await admin.ask(`/connections/${other.id}`, { method: "DELETE" })).status).toBe(200);
  expect(await other.client.closed).toEqual({ code: 1000, reason: "" });
});

test.each([
  [{ code: 1005 }, "code must be a close code"],
  [{ code: "1000" }, "code must be a close code"],
  [{ code: 999 }, "code must be a close code"],
  [{ reason: 1 }, "reason must be a string"],
  [{ reason: "é".repeat(62) }, "at most 123 bytes"],
  [{ cod: 1000 }, 'Unknown name "cod"'],
])("closing with %j is refused", async (body, message) => {
  admin = await startAdminServer({});
  const { client, id } = await admin.connect();
  for (const path of [`/connections/${id}`, "/connections?module=test"]) {
    const answer = await admin.ask(path, { method: "DELETE", body });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining(message) } },
    });
  }
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test("those of a module that match are closed, and no others", async () => {
  admin = await startAdminServer({ flag: "a" }, { flag: "b", config: [disableStoreConnection()] });
  const [one, two, other, elsewhere] = await Promise.all([
    admin.connect("room=x", "a"),
    admin.connect("room=x", "a"),
    admin.connect("room=y", "a"),
    admin.connect("room=x", "b"),
  ]);
  const close = (query: string, body?: unknown) =>
    admin.ask(`/connections?${query}`, { method: "DELETE", ...(body === undefined ? {} : { body }) });
  expect((await close("module=nope")).body.error.code).toBe("unknown_module");
  expect((await close("module=a&room=x", { code: 1012, reason: "restart" })).body).toEqual({ closed: 2 });
  expect(await one.client.closed).toEqual({ code: 1012, reason: "restart" });
  expect(await two.client.closed).toEqual({ code: 1012, reason: "restart" });
  const isOpen = ({ client }: { client: TestClient }) => client.socket.readyState === client.socket.OPEN;
  expect([other, elsewhere].map(isOpen)).toEqual([true, true]);
  expect((await close("module=b")).body).toEqual({ closed: 1 });
  expect((await elsewhere.client.closed).code).toBe(1000);
  expect((await close("module=a&tag=nobody")).body).toEqual({ closed: 0 });
  expect(isOpen(other)).toBe(true);
});

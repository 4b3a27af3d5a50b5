import { afterEach, describe, expect, test } from "vitest";
import { setEvents, setPresence } from "wsgen-runtime";
import { type AdminServer, startAdminServer } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const change = (path: string, body: object) => admin.ask(path, { method: "PATCH", body });

test("one connection joins and leaves rooms, and gets and loses tags", async () => {
  admin = await startAdminServer({});
  const { client, id } = await admin.connect("room=old&room=kept&tag=basic");
  const body = { join: ["new"], leave: ["old", "never"], tag: ["gold"], untag: ["basic"] };
  expect(await change(`/connections/${id}`, body)).toMatchObject({
    status: 200,
    body: { changed: 1, refused: 0 },
  });
  const shown = (await admin.ask(`/connections/${id}`)).body;
  expect([shown.rooms, shown.tags]).toEqual([["kept", "new"], ["gold"]]);
  const longest = "x".repeat(256);
  expect((await change(`/connections/${id}`, { join: [longest] })).status).toBe(200);
  await change(`/connections/${id}`, { leave: [longest] });
  const push = { module: "test", to: { room: "new" }, message: "hi" };
  expect((await admin.ask("/push", { method: "POST", body: push })).body).toEqual({ delivered: 1, gone: [] });
  expect(await client.next()).toBe("hi");
});

test("those of a module that match are changed, and no others", async () => {
  admin = await startAdminServer({ flag: "a" }, { flag: "b" });
  const [one, two, other, elsewhere] = [
    await admin.connect("room=x", "a"),
    await admin.connect("room=x&tag=t", "a"),
    await admin.connect("room=y", "a"),
    await admin.connect("room=x", "b"),
  ];
  const body = { join: ["z"], leave: ["x"] };
  expect((await change("/connections?module=a&room=x", body)).body).toEqual({ changed: 2, refused: 0 });
  const roomsOf = async ({ id }: { id: string }) => (await admin.ask(`/connections/${id}`)).body.rooms;
  expect(await Promise.all([one, two, other, elsewhere].map(roomsOf))).toEqual([["z"], ["z"], ["y"], ["x"]]);
  expect((await change("/connections?module=a&tag=nobody", body)).body).toEqual({ changed: 0, refused: 0 });
  // The tag has fewer connections than the room, and not all of them are in it.
  await change(`/connections/${other.id}`, { tag: ["few"], join: ["w"] });
  await change("/connections?module=a", { join: ["all"] });
  await change(`/connections/${other.id}`, { leave: ["all"] });
  expect((await change("/connections?module=a&room=all&tag=few", body)).body.changed).toBe(0);
});

test("the others in the room learn of it, as if the connection had joined by itself", async () => {
  admin = await startAdminServer({
    config: [
      setEvents({ joined: {}, left: {} }),
      setPresence({ state: (ctx) => ({ id: ctx.id }), join: "joined", leave: "left" }),
    ],
  });
  const watching = await admin.connect("room=lobby");
  const moved = await admin.connect("");
  await change(`/connections/${moved.id}`, { join: ["lobby"] });
  const data = { room: "lobby", id: moved.id, state: { id: moved.id } };
  expect(await watching.client.next()).toEqual({ event: "joined", data });
  await change(`/connections/${moved.id}`, { leave: ["lobby"] });
  expect(await watching.client.next()).toEqual({ event: "left", data });
});

test("dryRun tells who would be changed, and changes nothing", async () => {
  admin = await startAdminServer({});
  const { id } = await admin.connect("room=x");
  const body = { leave: ["x"], dryRun: true };
  const preview = { dryRun: true, count: 1, ids: [id] };
  expect((await change(`/connections/${id}`, body)).body).toEqual(preview);
  expect((await change("/connections?module=test&room=x", body)).body).toEqual(preview);
  expect((await admin.ask(`/connections/${id}`)).body.rooms).toEqual(["x"]);
});

describe("a connection with the most rooms and tags", () => {
  test("is refused more, and nothing of the change is done", async () => {
    admin = await startAdminServer({
      connect: (ctx) => {
        for (let number = 0; number < 1_023; number += 1) ctx.join(`room ${number}`);
        ctx.send(ctx.id);
      },
    });
    const { id } = await admin.connect();
    const other = await admin.connect();
    await change(`/connections/${other.id}`, { leave: ["room 1"] });
    const two = { join: ["one more"], tag: ["and one"] };
    expect(await change(`/connections/${id}`, two)).toMatchObject({
      status: 409,
      body: { error: { code: "too_many_names" } },
    });
    expect((await admin.ask(`/connections/${id}`)).body).toMatchObject({ tags: [] });
    expect((await change("/connections?module=test", two)).body).toEqual({ changed: 1, refused: 1 });
    // Leaving makes room first.
    expect((await change(`/connections/${id}`, { ...two, leave: ["room 0"] })).status).toBe(200);
  });
});

test.each([
  ["/connections/nobody", { join: ["a"] }, 404, "Unknown connection"],
  ["/connections?module=nope", { join: ["a"] }, 404, "Unknown module"],
  ["/connections", { join: ["a"] }, 400, "module is missing"],
  ["/connections?module=test", {}, 400, "changes nothing"],
  ["/connections?module=test", { join: [] }, 400, "changes nothing"],
  ["/connections?module=test", { join: "a" }, 400, "join must be a list"],
  ["/connections?module=test", { join: [""] }, 400, "join[0] must be a string"],
  ["/connections?module=test", { join: ["x".repeat(257)] }, 400, "at most 256 characters"],
  ["/connections?module=test", { tag: Array(101).fill("a") }, 400, "at most 100"],
  ["/connections?module=test", { joins: ["a"] }, 400, 'Unknown name "joins"'],
  ["/connections?module=test&rom=x", { join: ["a"] }, 400, 'Unknown name "rom"'],
])("PATCH %s %j is refused", async (path, body, status, message) => {
  admin = await startAdminServer({});
  const { id } = await admin.connect("room=kept");
  expect(await change(path, body)).toMatchObject({
    status,
    body: { error: { message: expect.stringContaining(message) } },
  });
  expect((await admin.ask(`/connections/${id}`)).body).toMatchObject({ rooms: ["kept"], tags: [] });
});

import { afterEach, expect, test } from "vitest";
import {
  disableStoreConnection,
  MemoryConnectionManager,
  setConnectionManager,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import type { Connection } from "../../../runtime/src/connection/connection.js";
import { LivenessClock } from "../../../runtime/src/connection/heartbeat.js";
import { ConnectionRegistry } from "../../../runtime/src/connection/registry.js";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { inTime } from "../support/leak-check.js";

let server: TestServer;
afterEach(() => server.close());

const say = defineCommand("say", (ctx, { room, text }) =>
  ctx.module.room(room).except(ctx).emit("message", { text }),
);
const leave = defineCommand("leave", (ctx, { room }) => ctx.leave(room));

/** Clients whose query says which rooms they enter and which tags they bear. */
async function start(queries: string[], definition: ModuleDefinition = {}): Promise<TestClient[]> {
  server = await startModules(
    defineModule({
      commands: [say, leave, ping],
      connect: (ctx: WSContext) => {
        for (const room of ctx.query.getAll("room")) ctx.join(room);
        for (const tag of ctx.query.getAll("tag")) ctx.tag(tag);
        ctx.send(ctx.id);
      },
      ...definition,
    }),
  );
  return Promise.all(queries.map((query) => connectClient(server.url(`/test/ws?${query}`))));
}

const module = () => server.serve.module("test");

/** By the reply to a ping, everything that was pushed to the client before has come. */
async function received(client: TestClient): Promise<unknown[]> {
  const messages: unknown[] = [];
  client.send({ command: "ping" });
  for (let message = await client.next(); ; message = await client.next()) {
    if (typeof message === "object" && message !== null && "ping" in message) return messages;
    messages.push(message);
  }
}

test("module: a command pushes to a room, without the sender", async () => {
  const [ann, bob, eve] = await start(["room=lobby", "room=lobby", "room=other"]);
  for (const client of [ann, bob, eve]) await client!.next();
  expect(await ann!.request("say", { room: "lobby", text: "hi" })).toEqual({ delivered: 1, gone: [] });
  expect(await received(bob!)).toEqual([{ event: "message", data: { text: "hi" } }]);
  expect(await received(ann!)).toEqual([]);
  expect(await received(eve!)).toEqual([]);
  await bob!.request("leave", { room: "lobby" });
  expect(await ann!.request("say", { room: "lobby", text: "anybody?" })).toEqual({ delivered: 0, gone: [] });
});

test("to all, to ids, to a tag, from anywhere; one that is gone is reported", async () => {
  const [ann, bob] = await start(["tag=user:1", "tag=user:2"]);
  const [annId, bobId] = (await Promise.all([ann!.next(), bob!.next()])) as [string, string];
  expect(module().all.send({ n: 1 })).toEqual({ delivered: 2, gone: [] });
  expect(module().to(annId, "nobody", annId).send({ n: 2 })).toEqual({ delivered: 1, gone: ["nobody"] });
  expect(module().tagged("user:2").send({ n: 3 })).toEqual({ delivered: 1, gone: [] });
  expect(module().all.except(bobId).send({ n: 4 })).toEqual({ delivered: 1, gone: [] });
  expect(await received(ann!)).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }]);
  expect(await received(bob!)).toEqual([{ n: 1 }, { n: 3 }]);
  expect(module().tagged("user:2").ids()).toEqual([bobId]);
});

test("each except leaves out more, and a room goes on when one of its members leaves", async () => {
  const clients = await start(["room=a", "room=a", "room=a"]);
  const [ann, bob, eve] = (await Promise.all(clients.map((client) => client.next()))) as string[];
  const room = module().room("a");
  expect(room.except(ann!).except(bob!).ids()).toEqual([eve]);
  await clients[0]!.request("leave", { room: "a" });
  expect(room.send({ n: 1 })).toEqual({ delivered: 2, gone: [] });
  expect(module().stats().rooms).toEqual(new Map([["a", 2]]));
});

test("a connection has at most 1,024 rooms and tags", async () => {
  const [ann] = await start([""], {
    connect: (ctx) => {
      for (let n = 0; n < 512; n++) {
        ctx.join(`${n}`);
        ctx.tag(`${n}`);
      }
      for (const more of [() => ctx.join("more"), () => ctx.tag("more")]) {
        expect(more).toThrow(RangeError);
        expect(more).toThrow(expect.objectContaining({ code: "too_many_names" }));
      }
      ctx.untag("0");
      ctx.join("more");
    },
  });
  expect(await ann!.request("ping")).toEqual({ ping: "pong" });
  expect(module().stats().rooms.size).toBe(513);
});

test.each([
  ["too long", "n".repeat(257), RangeError, "name_too_long"],
  ["undefined", undefined, TypeError, "invalid_name"],
  ["an object", { length: 1 }, TypeError, "invalid_name"],
])("join, tag: a name that is %s is an error with a code", async (_title, name, type, code) => {
  const [ann] = await start([""], {
    connect: (ctx) => {
      for (const enter of [() => ctx.join(name as never), () => ctx.tag(name as never)]) {
        expect(enter).toThrow(type);
        expect(enter).toThrow(expect.objectContaining({ code }));
      }
    },
  });
  expect(await ann!.request("ping")).toEqual({ ping: "pong" });
});

test("every wait for the end of the last connection resolves", async () => {
  const index = new ConnectionRegistry({
    watcher: { entered: () => {}, left: () => {} },
    clock: new LivenessClock(1_000),
  });
  const connection = { id: "a", rooms: undefined, tags: undefined } as unknown as Connection;
  index.add(connection);
  const both = Promise.all([index.empty(), index.empty()]);
  index.remove(connection);
  await inTime(both, "both who wait", 5_000);
});

test("one that is closing counts as gone, by whatever way it is found", async () => {
  const [ann, bob] = await start(["tag=user:1", "tag=user:2"]);
  const [annId] = (await Promise.all([ann!.next(), bob!.next()])) as [string, string];
  expect(module().to(annId).close(4000)).toBe(1);
  const sent = [module().all.send({ n: 1 }), module().to(annId).send({ n: 1 })];
  expect(sent).toEqual([
    { delivered: 1, gone: [annId] },
    { delivered: 0, gone: [annId] },
  ]);
  expect(module().tagged("user:1").send({ n: 1 })).toEqual({ delivered: 0, gone: [annId] });
});

test("a connection leaves its rooms and tags when it ends; disconnect still sees the rooms", async () => {
  let seen: string[] | undefined;
  let noted = () => {};
  const ended = new Promise<void>((resolve) => {
    noted = resolve;
  });
  const [ann] = await start(["room=a&room=b&tag=t"], {
    disconnect: (ctx) => {
      seen = [...ctx.rooms];
      expect(ctx.module.room("a").ids()).toEqual([]);
      ctx.join("ghost");
      noted();
    },
  });
  expect(module().stats().rooms).toEqual(
    new Map([
      ["a", 1],
      ["b", 1],
    ]),
  );
  ann!.socket.terminate();
  await ended;
  expect(seen).toEqual(["a", "b"]);
  expect(module().stats()).toMatchObject({ connections: 0, rooms: new Map() });
  expect(module().tagged("t").ids()).toEqual([]);
});

test("a refused connection leaves no room behind", async () => {
  await start([], {
    connect: (ctx) => {
      ctx.join("a");
      return new Error("no");
    },
  });
  await expect(connectClient(server.url("/test/ws"))).rejects.toMatchObject({ status: 500 });
  expect(module().stats().rooms.size).toBe(0);
});

test("an audience can be closed", async () => {
  const [ann, bob] = await start(["room=a", "room=b"]);
  expect(module().room("a").close(4001, "out")).toBe(1);
  expect(await ann!.closed).toEqual({ code: 4001, reason: "out" });
  await bob!.next();
  expect(await bob!.request("ping")).toEqual({ ping: "pong" });
});

test("setConnectionManager: the manager keeps the open connections", async () => {
  const manager = new MemoryConnectionManager();
  const [ann, bob] = await start(["room=a", "room=b"], { config: [setConnectionManager(manager)] });
  const [annId, bobId] = (await Promise.all([ann!.next(), bob!.next()])) as [string, string];
  expect(module().connections).toBe(manager);
  expect(
    manager
      .list()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([annId, bobId].toSorted());
  expect(manager.list({ room: "b" }).map(({ id }) => id)).toEqual([bobId]);
  expect(manager.list({ moduleFlag: "other" })).toEqual([]);
  expect(manager.list({ route: "/test/ws", offset: 1, limit: 5 })).toHaveLength(1);
  expect(manager.find([bobId, "nobody"]).map(({ id }) => id)).toEqual([bobId]);
  expect(manager.remove(annId, { bye: true })).toBe(true);
  expect(await ann!.next()).toEqual({ bye: true });
  expect(await ann!.closed).toMatchObject({ code: 1000 });
  expect(manager.clear("all out")).toBe(1);
  expect(await bob!.next()).toBe("all out");
  expect(await bob!.closed).toMatchObject({ code: 1000 });
});

test("setConnectionManager: an ended connection is removed, also if storing takes a while", async () => {
  const steps: string[] = [];
  class SlowManager extends MemoryConnectionManager {
    override async store(...args: Parameters<MemoryConnectionManager["store"]>): Promise<void> {
      await new Promise((resolve) => setImmediate(resolve));
      super.store(...args);
      steps.push("stored");
    }
    override remove(id: string): boolean {
      steps.push("removed");
      return super.remove(id);
    }
  }
  const manager = new SlowManager();
  const [ann] = await start([""], { config: [setConnectionManager(manager)] });
  ann!.socket.terminate();
  await server.close();
  expect(steps).toEqual(["stored", "removed"]);
  expect(manager.list()).toEqual([]);
});

test("disableStoreConnection: connections are not stored", async () => {
  const [ann] = await start(["room=lobby&tag=t"], { config: [disableStoreConnection()] });
  const id = String(await ann!.next());
  expect(module().connections).toBeUndefined();
  for (const audience of [module().to(id), module().room("lobby"), module().tagged("t"), module().all]) {
    expect(audience.emit("still", "here")).toEqual({ delivered: 1, gone: [] });
    expect(await ann!.next()).toEqual({ event: "still", data: "here" });
  }
});

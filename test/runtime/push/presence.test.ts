// What clients in a room see of each other: `members()`, and the events of joins and leaves.
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  bindConnections,
  type ICommand,
  type PresenceRules,
  setEvents,
  setLogger,
  setMode,
  setPresence,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { eventually } from "../support/leak-check.js";

let server: TestServer;
afterEach(() => server.close());

const commands: readonly ICommand[] = [
  ping,
  defineCommand("join", (ctx, { room }) => {
    ctx.join(room);
    ctx.module.room(room).except(ctx).emit("said", "after join");
    return ctx.module.room(room).members();
  }),
  defineCommand("leave", (ctx, { room }) => {
    ctx.module.room(room).except(ctx).emit("said", "before leave");
    ctx.leave(room);
    ctx.leave(room);
  }),
  defineCommand("members", (ctx, { room }) => ctx.module.room(room).members()),
  defineCommand("rename", (ctx, { to }) => void Object.assign(ctx.state, { user: to })),
];

const userOf = (ctx: WSContext) => ({ user: ctx.state.user });
const both: PresenceRules = { state: userOf, join: "joined", leave: "left" };

async function start(rules: PresenceRules | null = both, definition: ModuleDefinition = {}) {
  server = await startModules(
    defineModule({
      commands,
      connect: (ctx) => {
        for (const room of ctx.query.getAll("room")) ctx.join(room);
        ctx.send(ctx.id);
        ctx.state.user = ctx.query.get("user");
      },
      ...definition,
      config: [setMode("debug"), ...(rules ? [setPresence(rules)] : []), ...(definition.config ?? [])],
    }),
  );
}

/** A client with its id, which `connect` sends first. */
async function enter(user: string, ...rooms: string[]): Promise<TestClient & { readonly id: string }> {
  const query = new URLSearchParams([["user", user], ...rooms.map((room) => ["room", room])]);
  const client = await connectClient(server.url(`/test/ws?${query}`));
  return Object.assign(client, { id: (await client.next()) as string });
}

/** All messages until the reply to a ping: everything that was pushed before. */
async function received(client: TestClient): Promise<unknown[]> {
  const messages: unknown[] = [];
  client.send({ command: "ping" });
  for (let message = await client.next(); ; message = await client.next()) {
    if (typeof message === "object" && message !== null && "ping" in message) return messages;
    messages.push(message);
  }
}

const joined = (room: string, id: string, user: string) => ({
  ...{ event: "joined", data: { room, id, state: { user } } },
});
const left = (room: string, id: string, user: string) => ({ ...joined(room, id, user), event: "left" });

describe("members()", () => {
  test("setPresence: lists ids and public states of a room, in the order of joining, and nothing of other rooms", async () => {
    await start();
    const ann = await enter("ann", "a", "b");
    const bob = await enter("bob", "a");
    const found = await server.serve.module("test").room("a").members();
    expect(found).toEqual([
      { id: ann.id, state: { user: "ann" } },
      { id: bob.id, state: { user: "bob" } },
    ]);
    expect(await bob.request("members", { room: "b" })).toEqual([{ id: ann.id, state: { user: "ann" } }]);
    expect(await bindConnections("test")(server.serve).room("nobody").members()).toEqual([]);
  });

  test("reads the state when it is called", async () => {
    await start({ state: userOf });
    const ann = await enter("ann", "a");
    await ann.request("rename", { to: "eve" });
    expect(await ann.request("members", { room: "a" })).toEqual([{ id: ann.id, state: { user: "eve" } }]);
  });

  test("has the ids alone without setPresence, and no event is sent", async () => {
    await start(null);
    const [ann, bob] = [await enter("ann", "a"), await enter("bob", "a")];
    expect(await bob.request("members", { room: "a" })).toEqual([{ id: ann.id }, { id: bob.id }]);
    expect(await received(ann)).toEqual([]);
  });

  test("does not list a client whose connect still runs, or that was refused", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await start(both, {
      connect: async (ctx) => {
        ctx.join("a");
        if (ctx.query.get("user") === "bob") await held;
        if (ctx.query.get("user") === "eve") throw new Error("refused");
        ctx.send(ctx.id);
        ctx.state.user = ctx.query.get("user");
      },
    });
    const ann = await enter("ann");
    const joining = enter("bob");
    await eventually(
      () => server.serve.module("test").room("a").ids().length === 2,
      () => "bob did not begin to connect",
    );
    await expect(enter("eve")).rejects.toThrow();
    expect(await ann.request("members", { room: "a" })).toEqual([{ id: ann.id, state: { user: "ann" } }]);
    release();
    const bob = await joining;
    expect(await received(ann)).toEqual([joined("a", bob.id, "bob")]);
  });
});

describe("the events of joins and leaves", () => {
  test("reach the other members once, in the order of what the command does", async () => {
    await start();
    const [ann, bob] = [await enter("ann", "a"), await enter("bob")];
    const both = await bob.request("join", { room: "a" });
    expect(both).toHaveLength(2);
    await bob.request("join", { room: "a" });
    await bob.request("leave", { room: "a" });
    expect(await received(ann)).toEqual([
      joined("a", bob.id, "bob"),
      { event: "said", data: "after join" },
      { event: "said", data: "after join" },
      { event: "said", data: "before leave" },
      left("a", bob.id, "bob"),
    ]);
    expect(await received(bob)).toEqual([]);
  });

  test("come after connect, and of every room", async () => {
    await start();
    const ann = await enter("ann", "a", "b");
    const bob = await enter("bob", "a", "b", "c");
    expect(await received(ann)).toEqual([joined("a", bob.id, "bob"), joined("b", bob.id, "bob")]);
    expect(await received(bob)).toEqual([]);
  });

  test("of a room that connect enters and leaves again are not sent", async () => {
    await start(both, {
      connect: (ctx) => {
        ctx.join("a");
        if (ctx.query.get("user") === "bob") ctx.leave("a");
        ctx.send(ctx.id);
      },
    });
    const ann = await enter("ann");
    await enter("bob");
    expect(await received(ann)).toEqual([]);
  });

  test.each([
    ["is dropped", (client: TestClient) => client.socket.terminate()],
    ["is closed by the client", (client: TestClient) => void client.close()],
    [
      "is closed by the server",
      (client: TestClient & { id?: string }) =>
        void server.serve
          .module("test")
          .to(client.id ?? "")
          .close(4000),
    ],
  ])("a connection that %s leaves each room once", async (_title, end) => {
    await start();
    const ann = await enter("ann", "a");
    const bob = await enter("bob", "a", "b");
    expect(await ann.next()).toEqual(joined("a", bob.id, "bob"));
    end(bob);
    expect(await ann.next()).toEqual(left("a", bob.id, "bob"));
    expect(await received(ann)).toEqual([]);
    expect(await ann.request("members", { room: "a" })).toHaveLength(1);
  });

  test("of one kind alone are possible, and are checked as other events", async () => {
    const check = () => [{ pointer: "", rule: "no", message: "no" }];
    const errors: unknown[] = [];
    const log = {
      debug() {},
      info() {},
      warn() {},
      fatal() {},
      error: (fields: object) => void errors.push(fields),
    };
    await start(
      { state: userOf, leave: "left" },
      {
        config: [
          setEvents({ left: { check } }),
          setLogger({ ...log, child: () => ({ ...log, child: vi.fn() }) }),
        ],
      },
    );
    const [ann, bob] = [await enter("ann", "a"), await enter("bob", "a")];
    await bob.request("leave", { room: "a" });
    expect(await received(ann)).toEqual([{ event: "said", data: "before leave" }]);
    expect(errors).toEqual([expect.objectContaining({ entry: "eventCheck" })]);
  });

  test("are sent although the state changes rooms while it is read", async () => {
    await start({
      ...both,
      state: (ctx: WSContext) => {
        if (ctx.state.user === "bob" && ctx.rooms.has("a")) ctx.leave("a");
        return userOf(ctx);
      },
    });
    const ann = await enter("ann", "a");
    const bob = await enter("bob");
    await bob.request("join", { room: "a" });
    expect(await received(ann)).toEqual([
      left("a", bob.id, "bob"),
      joined("a", bob.id, "bob"),
      { event: "said", data: "after join" },
    ]);
    expect(await ann.request("members", { room: "a" })).toHaveLength(1);
  });

  test("are not sent during a shutdown", async () => {
    await start();
    const clients = [await enter("ann", "a"), await enter("bob", "a"), await enter("eve", "a")];
    await received(clients[0]!);
    await received(clients[1]!);
    await server.close();
    for (const client of clients) {
      expect(await client.closed).toMatchObject({ code: 1001 });
      await expect(client.next()).rejects.toThrow("closed");
    }
  });

  test("the state is read only if another connection is in the room", async () => {
    const state = vi.fn(userOf);
    await start({ ...both, state });
    const ann = await enter("ann", "a", "b");
    await ann.request("leave", { room: "a" });
    expect(state).not.toHaveBeenCalled();
  });
});

describe("a public state", () => {
  test.each<[string, PresenceRules["state"]]>([
    [
      "throws",
      () => {
        throw new Error("on purpose");
      },
    ],
    ["is a promise", async () => ({ user: "late" })],
  ])("that %s is logged, and its connection is left out", async (_title, bad) => {
    const errors: { entry?: string; connection?: string }[] = [];
    const silent = { debug() {}, info() {}, warn() {}, fatal() {} };
    const log = { ...silent, error: (fields: object) => void errors.push(fields) };
    await start(
      { ...both, state: (ctx: WSContext) => (ctx.state.user === "bob" ? bad(ctx) : userOf(ctx)) },
      { config: [setLogger({ ...log, child: () => ({ ...log, child: vi.fn() }) })] },
    );
    const ann = await enter("ann", "a");
    const bob = await enter("bob", "a");
    expect(await bob.request("members", { room: "a" })).toEqual([{ id: ann.id, state: { user: "ann" } }]);
    await bob.request("leave", { room: "a" });
    expect(await received(ann)).toEqual([{ event: "said", data: "before leave" }]);
    expect(errors.map(({ entry }) => entry)).toEqual(["publicState", "publicState", "publicState"]);
    expect(errors[0]).toMatchObject({ connection: bob.id });
  });
});

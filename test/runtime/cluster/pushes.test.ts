// Pushes from one process to the connections of others: everyone gets what is for them, once.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClusterEngine, setPresence } from "wsgen-runtime";
import { engines } from "./engines.js";
import { createNodes } from "./nodes.js";
import { roughen } from "./rough-engine.js";

describe.each(engines)("over $name", ({ prepare }) => {
  let create: () => ClusterEngine;
  const createCluster = prepare();
  const nodes = createNodes(() => create());
  beforeEach(() => {
    create = createCluster();
  });
  afterEach(() => nodes.close());

  const start = async () => {
    const [one, two] = [await nodes.start(), await nodes.start()];
    const [ann, bob] = [await nodes.enter(one), await nodes.enter(two)];
    return { one, two, ann, bob, module: one.serve.module("test") };
  };

  test("a push to all reaches the connections of all processes, once", async () => {
    const { ann, bob, module } = await start();
    const result = module.all.emit("news", { n: 1 });
    expect(result.delivered).toBe(1);
    expect(await result).toEqual({ delivered: 2, gone: [] });
    module.all.send("plain");
    module.all.send(Buffer.from([1, 2]));
    for (const client of [ann, bob]) {
      expect(await client.next()).toEqual({ event: "news", data: { n: 1 } });
      expect(await client.next()).toBe("plain");
      expect(await client.next()).toEqual(Buffer.from([1, 2]));
      expect(await client.request("ping")).toEqual({ ping: "pong" });
    }
  });

  test("a room and a tag reach their members in every process, without the excluded", async () => {
    const { two, ann, bob, module } = await start();
    const cid = await nodes.enter(two);
    for (const client of [ann, bob, cid])
      expect(await client.request("join", { room: "a b/{c}" })).toEqual(["a b/{c}"]);
    await bob.request("tag", { tag: "admin" });
    expect(await ann.request("say", { room: "a b/{c}", text: "hi" })).toEqual({ delivered: 2, gone: [] });
    expect(await bob.next()).toEqual({ event: "said", data: { text: "hi" } });
    expect(await cid.next()).toEqual({ event: "said", data: { text: "hi" } });
    expect(await module.tagged("admin").emit("for-admins", null)).toEqual({ delivered: 1, gone: [] });
    expect(await bob.next()).toEqual({ event: "for-admins", data: null });
    await module.room("a b/{c}").except(cid.id).emit("not-cid", 1);
    expect(await ann.next()).toEqual({ event: "not-cid", data: 1 });
    expect(await bob.next()).toEqual({ event: "not-cid", data: 1 });
    await cid.request("leave", { room: "a b/{c}" });
    expect(await module.room("a b/{c}").emit("later", 2)).toEqual({ delivered: 2, gone: [] });
    expect(await cid.request("ping")).toEqual({ ping: "pong" });
  });

  test("a push to ids finds their processes, and says which are gone", async () => {
    const { ann, bob, module } = await start();
    // An id is found when its process has stored it, soon after the handshake.
    await bob.request("join", { room: "r" });
    await expect
      .poll(async () => ((await ann.request("members", { room: "r" })) as unknown[]).length)
      .toBe(1);
    const result = module.to(ann.id, bob.id, "nobody").emit("direct", "x");
    expect(result).toMatchObject({ delivered: 1, gone: [bob.id, "nobody"] });
    expect(await result).toEqual({ delivered: 2, gone: ["nobody"] });
    expect(await bob.next()).toEqual({ event: "direct", data: "x" });
    await bob.close();
    await expect.poll(async () => module.to(bob.id).send("late")).toEqual({ delivered: 0, gone: [bob.id] });
  });

  test("without await, a push asks for no answers and arrives all the same", async () => {
    const { bob, module } = await start();
    module.all.emit("quiet", 1);
    expect(await bob.next()).toEqual({ event: "quiet", data: 1 });
  });

  test("joined() resolves when pushes of all processes reach the connection, and at once while the engine is away", async () => {
    const rough = roughen(create());
    create = () => rough;
    const { ann, module } = await start();
    const calls: string[] = [];
    rough.onCall = (method) => calls.push(method);
    await ann.request("join", { room: "first" });
    expect(calls).toContain("subscribe");
    expect(await module.room("first").emit("e", 1)).toMatchObject({ delivered: 1 });
    rough.lose();
    await ann.request("join", { room: "second" });
    expect(module.room("second").emit("e", 1).delivered).toBe(1);
  });

  test("an engine that refuses topics for a while: pushes of other processes arrive after the next heartbeat", async () => {
    const rough = roughen(createCluster(50)());
    create = () => rough;
    const { bob, module } = await start();
    let isRefused = true;
    rough.onCall = (method) => {
      if (method === "subscribe" && isRefused) throw new Error("Not now.");
    };
    await bob.request("join", { room: "r" });
    isRefused = false;
    await expect.poll(async () => (await module.room("r").emit("e", 1)).delivered).toBe(1);
  });

  test("close ends the connections of all processes", async () => {
    const { ann, bob, module } = await start();
    expect(module.all.close(4000, "bye")).toBe(1);
    expect(await ann.closed).toMatchObject({ code: 4000, reason: "bye" });
    expect(await bob.closed).toMatchObject({ code: 4000, reason: "bye" });
  });

  test("close ends the connections with these ids, whichever process they are at, and no others", async () => {
    const { two, ann, bob, module } = await start();
    const cid = await nodes.enter(two);
    await expect.poll(async () => module.to(bob.id).send("stored")).toMatchObject({ gone: [] });
    expect(module.to(ann.id, bob.id).close(4001, "you two")).toBe(1);
    expect(await ann.closed).toMatchObject({ code: 4001, reason: "you two" });
    expect(await bob.closed).toMatchObject({ code: 4001, reason: "you two" });
    expect(await cid.request("ping")).toEqual({ ping: "pong" });
  });

  test("another module of the cluster gets nothing", async () => {
    const { bob, module } = await start();
    const other = await nodes.start({ flag: "other" });
    expect(await other.serve.module("other").all.emit("news", 1)).toEqual({ delivered: 0, gone: [] });
    await module.all.emit("mine", 1);
    expect(await bob.next()).toEqual({ event: "mine", data: 1 });
  });

  describe("presence", () => {
    test("members() lists the connections of all processes", async () => {
      const { ann, bob } = await start();
      for (const client of [ann, bob]) await client.request("join", { room: "r" });
      await expect
        .poll(async () =>
          ((await ann.request("members", { room: "r" })) as { id: string }[]).map(({ id }) => id),
        )
        .toEqual([ann.id, bob.id]);
      await bob.close();
      await expect
        .poll(async () =>
          ((await ann.request("members", { room: "r" })) as { id: string }[]).map(({ id }) => id),
        )
        .toEqual([ann.id]);
    });

    test("a process that ends without closing: its rooms get the leave events, and join events if it was only silent", async () => {
      const cluster = createCluster(200);
      const rough = roughen(cluster());
      const rules = setPresence({ state: ({ query }) => query.get("name"), join: "joined", leave: "left" });
      create = cluster;
      const one = await nodes.start({ config: [rules] });
      create = () => rough;
      const two = await nodes.start({ config: [rules] });
      const [ann, bob] = [await nodes.enter(one, "?name=ann"), await nodes.enter(two, "?name=bob")];
      await ann.request("join", { room: "r" });
      const [joined] = await Promise.all([ann.next(), bob.request("join", { room: "r" })]);
      const data = { room: "r", id: bob.id, state: "bob" };
      expect(joined).toEqual({ event: "joined", data });
      const members = async () => ((await ann.request("members", { room: "r" })) as unknown[]).length;
      await expect.poll(members).toBe(2);
      rough.onCall = () => {
        throw new Error("The process is cut off.");
      };
      expect(await ann.next(20_000)).toEqual({ event: "left", data });
      expect(await members()).toBe(1);
      rough.onCall = () => {};
      expect(await ann.next(20_000)).toEqual({ event: "joined", data });
      await expect.poll(members).toBe(2);
      // Once each.
      expect(await ann.request("ping")).toEqual({ ping: "pong" });
    });
  });
});

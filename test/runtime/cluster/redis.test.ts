// Redis that is restarted, slow, full of others, replaced by its replica, or not there at all.
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newWebsocketServe, setCluster, setEvents, setLogger } from "wsgen-runtime";
import { redisCluster } from "wsgen-runtime/redis";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { freePort } from "../../support/free-port.js";
import { type RedisServer, startRedis, withRedis } from "../../support/redis-server.js";
import { defineModule } from "../serve/define-module.js";
import { createNodes } from "./nodes.js";
import { joinRedis, limits, newKey } from "./redis-link.js";

withRedis.describe("Redis", () => {
  const running: RedisServer[] = [];
  const start = async (...args: string[]) => {
    const redis = await startRedis(...args);
    running.push(redis);
    return redis;
  };
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await Promise.all(running.splice(0).map((redis) => redis.stop()));
  });

  const stream = { topic: "t/all", event: "e" };
  async function join(url: string) {
    const node = await joinRedis(url);
    closing.push(() => node.link.close().catch(() => {}));
    return node;
  }

  async function connect(url: string) {
    const { createClient } = await import("redis");
    const control = createClient({ url });
    await control.connect();
    closing.push(async () => control.destroy());
    return control;
  }

  test("a Redis that is not there: the start says what was not found and what to do, without the password", async () => {
    const url = `redis://user:secret@127.0.0.1:${await freePort()}`;
    const failed = newWebsocketServe(
      defineModule({ port: 0, config: [setCluster(redisCluster({ url, timeoutMs: 300 }))] }),
    );
    await expect(failed).rejects.toMatchObject({ name: "StartError", code: "cluster_unreachable" });
    await failed.catch(({ message }) => {
      expect(message).toMatch(
        /^module "test": setCluster: Redis cannot be reached at redis:\/\/127\.0\.0\.1:\d+: /,
      );
      expect(message).toMatch(/Start it, or correct the url of redisCluster\.$/);
      expect(message).not.toContain("secret");
    });
  });

  test.each([
    ["a URL without a protocol", { url: "localhost:6379" }, /has .*; expected redis:\/\/host:port/],
    ["no URL", { url: [] }, /has no URL; expected redis:/],
    [
      "a password that is not written as in a URL",
      { url: "redis://:50%@127.0.0.1" },
      /redis:\/\/127\.0\.0\.1; expected/,
    ],
    [
      "a heartbeat of no time",
      { url: "redis://127.0.0.1", heartbeatMs: 0 },
      /heartbeatMs 0; expected .* 20 to 60000/,
    ],
    [
      "a broken time limit",
      { url: "redis://127.0.0.1", timeoutMs: Number.NaN },
      /timeoutMs NaN; expected .* 10 to/,
    ],
  ])("an option that is not allowed: %s", async (_name, options, message) => {
    const config = [setCluster(redisCluster(options))];
    await expect(newWebsocketServe(defineModule({ port: 0, config }))).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringMatching(message),
    });
  });

  test("a restart: calls reject at once meanwhile; then the topics bring messages again, with a new epoch", async () => {
    const redis = await start();
    const { link, states, received } = await join(redis.url);
    await link.subscribe(["t/all"]);
    const before = await link.append(stream, Buffer.from("one"), newKey());
    redis.process.kill("SIGKILL");
    await expect.poll(() => states.at(-1)).toBe(false);
    const askedMs = performance.now();
    await expect(link.publish("t/all", Buffer.from("lost"))).rejects.toThrow();
    expect(performance.now() - askedMs).toBeLessThan(1_000);
    await redis.restart();
    await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe(true);
    expect(await link.publish("t/all", Buffer.from("two"))).toBe(1);
    const after = await link.append(stream, Buffer.from("three"), newKey());
    expect(after.offset).toBe(1);
    expect(after.epoch).not.toBe(before.epoch);
    await expect.poll(() => received).toEqual(["one", "two", "three"]);
  });

  test("a Redis that hangs: calls reject within the time limit, and their number is bounded", async () => {
    const redis = await start();
    const { link } = await join(redis.url);
    redis.process.kill("SIGSTOP");
    try {
      await expect(link.publish("t/all", Buffer.from("x"))).rejects.toThrow(
        /Redis has not answered SPUBLISH within 300 ms/,
      );
      const many = Array.from({ length: 30_000 }, () => link.publish("t/all", Buffer.from("x")));
      const settled = await Promise.allSettled(many);
      expect(settled.every(({ status }) => status === "rejected")).toBe(true);
    } finally {
      redis.process.kill("SIGCONT");
    }
    await expect.poll(async () => link.publish("t/all", Buffer.from("y")).catch(() => "no")).toBe(0);
  });

  test("a replica that takes over: no offset is given twice, because the epoch changes", async () => {
    const primary = await start();
    const replica = await start("--replicaof", `127.0.0.1 ${primary.port}`);
    const { link } = await join(primary.url);
    const first = await link.append(stream, Buffer.from("1"), newKey());
    const control = await connect(replica.url);
    await expect.poll(async () => Object.keys((await control.keys("*")) ?? {}).length).toBeGreaterThan(0);
    // What the replica has not got is lost with the primary.
    primary.process.kill("SIGKILL");
    await control.sendCommand(["REPLICAOF", "NO", "ONE"]);
    const { link: other } = await join(replica.url);
    const second = await other.append(stream, Buffer.from("2"), newKey());
    expect(second.epoch).not.toBe(first.epoch);
    expect(second.offset).toBe(1);
    expect(await other.history(stream, limits, first)).toMatchObject({ newest: 1, epoch: second.epoch });
  });

  test("a Redis that hangs is lost, also without an error of the network, and comes back with all topics", async () => {
    const redis = await start();
    const { link, states, received } = await join(redis.url);
    await link.subscribe(["t/all"]);
    redis.process.kill("SIGSTOP");
    try {
      await expect.poll(() => states).toEqual([false]);
      await expect(link.publish("t/all", Buffer.from("lost"))).rejects.toMatchObject({
        code: "redis_unreachable",
      });
    } finally {
      redis.process.kill("SIGCONT");
    }
    await expect.poll(() => states).toEqual([false, true]);
    expect(await link.publish("t/all", Buffer.from("back"))).toBe(1);
    await expect.poll(() => received).toEqual(["back"]);
  });

  test.each(["normal", "pubsub"])("a connection (%s) that Redis ends is replaced", async (type) => {
    const redis = await start();
    const { link, states, received } = await join(redis.url);
    await link.subscribe(["t/all", "t/left"]);
    await link.unsubscribe(["t/left"]);
    const control = await connect(redis.url);
    await control.sendCommand(["CLIENT", "KILL", "TYPE", type]);
    await expect.poll(() => states).toEqual([false, true]);
    expect(await link.publish("t/left", Buffer.from("left"))).toBe(0);
    expect(await link.publish("t/all", Buffer.from("back"))).toBe(1);
    await expect.poll(() => received).toEqual(["back"]);
  });

  test("a Redis that has lost everything gets the secret of the cluster, and the entries, again", async () => {
    const redis = await start();
    const { link, states } = await join(redis.url);
    const secret = await link.secret();
    await redis.restart();
    await expect.poll(() => states).toEqual([false, true]);
    const other = await join(redis.url);
    expect(await other.link.secret()).toBe(secret);
    expect(await other.link.beat(200)).toHaveLength(2);
  });

  test("entries that are stored after a long pause are not those of an ended node", async () => {
    const redis = await start();
    const [one, paused] = [await join(redis.url), await join(redis.url)];
    const entry = {
      id: "a",
      module: "m",
      route: "/",
      remoteAddress: "",
      connectedAtMs: 1,
      rooms: [],
      tags: [],
    };
    await paused.link.store([entry], []);
    await setTimeout(500);
    await one.link.beat(200);
    await paused.link.store([entry], []);
    expect(paused.states).toEqual([false, true]);
    // It sweeps the entries of the pause.
    await one.link.beat(200);
    expect((await one.link.list({ module: "m", limit: 10 })).entries).toHaveLength(1);
  });

  test("a closed link leaves no connection, and does not come back", async () => {
    const redis = await start();
    const count = async () => {
      const control = await connect(redis.url);
      const others = (await control.clientList()).length - 1;
      control.destroy();
      return others;
    };
    const [open, lost] = [await joinRedis(redis.url), await joinRedis(redis.url)];
    expect(await count()).toBe(4);
    await open.link.close();
    await expect.poll(count).toBe(2);
    await expect(open.link.publish("t/all", Buffer.from("late"))).rejects.toMatchObject({
      code: "redis_unreachable",
    });
    redis.process.kill("SIGKILL");
    await expect.poll(() => lost.states).toEqual([false]);
    await expect(lost.link.close()).rejects.toMatchObject({ code: "redis_unreachable" });
    await redis.restart();
    const other = await join(redis.url);
    await setTimeout(200);
    expect(await count()).toBe(2);
    expect([other.states, lost.states]).toEqual([[], [false]]);
  });

  test("what Redis refuses is an error with a code", async () => {
    const redis = await start();
    const { link } = await join(redis.url);
    const control = await connect(redis.url);
    await control.sendCommand(["SET", "{wsgen:t/all}:e:e", "not a stream"]);
    await expect(link.append(stream, Buffer.from("x"), newKey())).rejects.toMatchObject({
      name: "RedisError",
      code: "redis_failed",
      message: expect.stringMatching(/^Redis has refused the script append: .*WRONGTYPE/),
    });
  });

  describe("a server over Redis", () => {
    test("setCluster takes what the spec has: a URL, or an environment variable with it", async () => {
      const { url } = await start();
      vi.stubEnv("TEST_REDIS_URL", url);
      closing.push(async () => vi.unstubAllEnvs());
      for (const redis of [
        url,
        { urlEnv: "TEST_REDIS_URL" },
        { urlEnv: "TEST_NOT_SET", url, prefix: "own" },
      ]) {
        const module = () => defineModule({ port: 0, config: [setCluster({ redis })] });
        const [one, two] = [await newWebsocketServe(module()), await newWebsocketServe(module())];
        closing.push(
          () => one.close(),
          () => two.close(),
        );
        const client = await connectClient(`ws://127.0.0.1:${two.ports[0]}/test/ws`);
        expect(await one.module("test").all.emit("e", 1)).toEqual({ delivered: 1, gone: [] });
        expect(await client.next()).toEqual({ event: "e", data: 1 });
        await client.close();
      }
    });

    test("the test kit leaves out the cluster of the spec, so that tests need no Redis", async () => {
      const redis = "redis://127.0.0.1:1";
      const server = await startModules(defineModule({ config: [setCluster({ redis })] }));
      closing.push(() => server.close());
      expect(await server.serve.module("test").all.emit("e", 1)).toEqual({ delivered: 0, gone: [] });
    });

    test("without a URL, the start names the variable and says what to set", async () => {
      const config = [setCluster({ redis: { urlEnv: "TEST_NOT_SET" } })];
      const failed = newWebsocketServe(defineModule({ port: 0, config }));
      await expect(failed).rejects.toMatchObject({
        code: "invalid_option",
        message:
          'module "test": setCluster: The environment variable TEST_NOT_SET has no URL. Set it to that of Redis, such as redis://localhost:6379.',
      });
    });

    test("goes on alone while Redis is away, logs it once, and is whole again afterwards", async () => {
      const redis = await start();
      const log = {
        debug: vi.fn(),
        info: vi.fn(),
        warn: vi.fn(),
        error: vi.fn(),
        fatal: vi.fn(),
        child: () => log,
      };
      const engine = () => redisCluster({ url: redis.url, timeoutMs: 300, heartbeatMs: 100 });
      const nodes = createNodes(engine, [setEvents({ kept: { replay: { last: 10 } } }), setLogger(log)]);
      closing.push(() => nodes.close());
      const [one, two] = [await nodes.start(), await nodes.start()];
      const [ann, bob] = [await nodes.enter(one), await nodes.enter(two)];
      const module = one.serve.module("test");
      for (const client of [ann, bob]) await client.request("join", { room: "r" });
      redis.process.kill("SIGKILL");
      await expect.poll(() => log.warn.mock.calls.length).toBe(2);
      expect(await module.room("r").emit("local", 1)).toEqual({ delivered: 1, gone: [], unavailable: true });
      expect(await module.room("r").emit("kept", 1)).toEqual({ delivered: 0, gone: [], unavailable: true });
      expect(await ann.next()).toEqual({ event: "local", data: 1 });
      expect(await ann.request("ping")).toEqual({ ping: "pong" });
      await setTimeout(300);
      await redis.restart();
      await expect
        .poll(async () => (await module.room("r").emit("again", 2)).delivered, { timeout: 10_000 })
        .toBe(2);
      await expect
        .poll(async () => ((await ann.request("members", { room: "r" })) as unknown[]).length)
        .toBe(2);
      expect(log.warn.mock.calls.map(([, text]) => text)).toEqual([
        "cluster lost: pushes reach only the connections of this process",
        "cluster lost: pushes reach only the connections of this process",
      ]);
      expect(log.error).not.toHaveBeenCalled();
    });
  });
});

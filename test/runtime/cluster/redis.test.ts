// Redis that is restarted, slow, full of others, replaced by its replica, or not there at all.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ClusterNode, newWebsocketServe, setCluster, setEvents, setLogger } from "wsgen-runtime";
import { redisCluster } from "wsgen-runtime/redis";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { freePort } from "../../support/free-port.js";
import { type RedisServer, startRedis } from "../../support/redis-server.js";
import { defineModule } from "../serve/define-module.js";
import { createNodes } from "./nodes.js";

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

const limits = { last: 10 };
const append = () => ({ limits, key: randomUUID() });

async function join(url: string, node: Partial<ClusterNode> = {}) {
  const states: boolean[] = [];
  const changed = (isConnected: boolean) => states.push(isConnected);
  const received: string[] = [];
  const receive: ClusterNode["receive"] = (_topic, message) => received.push(message.toString());
  const engine = redisCluster({ url, timeoutMs: 300, heartbeatMs: 200 });
  const link = await engine.join({ id: randomUUID(), changed, receive, ...node });
  closing.push(() => link.close().catch(() => {}));
  return { link, states, received };
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

test("a restart: calls reject at once meanwhile; then the topics bring messages again, with a new epoch", async () => {
  const redis = await start();
  const { link, states, received } = await join(redis.url);
  await link.subscribe(["t/all"]);
  const before = await link.append({ topic: "t/all", event: "e" }, Buffer.from("one"), append());
  redis.process.kill("SIGKILL");
  await expect.poll(() => states.at(-1)).toBe(false);
  const askedMs = performance.now();
  await expect(link.publish("t/all", Buffer.from("lost"))).rejects.toThrow();
  expect(performance.now() - askedMs).toBeLessThan(1_000);
  await redis.restart();
  await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe(true);
  expect(await link.publish("t/all", Buffer.from("two"))).toBe(1);
  const after = await link.append({ topic: "t/all", event: "e" }, Buffer.from("three"), append());
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
  const stream = { topic: "t/all", event: "e" };
  const { link } = await join(primary.url);
  const first = await link.append(stream, Buffer.from("1"), append());
  const { createClient } = await import("redis");
  const control = createClient({ url: replica.url });
  await control.connect();
  closing.push(async () => control.destroy());
  await expect.poll(async () => Object.keys((await control.keys("*")) ?? {}).length).toBeGreaterThan(0);
  // What the replica has not got is lost with the primary.
  primary.process.kill("SIGKILL");
  await control.sendCommand(["REPLICAOF", "NO", "ONE"]);
  const { link: other } = await join(replica.url);
  const second = await other.append(stream, Buffer.from("2"), append());
  expect(second.epoch).not.toBe(first.epoch);
  expect(second.offset).toBe(1);
  expect(await other.history(stream, limits, first)).toMatchObject({ newest: 1, epoch: second.epoch });
});

describe("a server over Redis", () => {
  test("setCluster takes what the spec has: a URL, or an environment variable with it", async () => {
    const { url } = await start();
    vi.stubEnv("TEST_REDIS_URL", url);
    closing.push(async () => vi.unstubAllEnvs());
    for (const redis of [url, { urlEnv: "TEST_REDIS_URL" }, { urlEnv: "TEST_NOT_SET", url, prefix: "own" }]) {
      const one = await startModules(defineModule({ config: [setCluster({ redis })] }));
      const two = await startModules(defineModule({ config: [setCluster({ redis })] }));
      closing.push(
        () => one.close(),
        () => two.close(),
      );
      const client = await connectClient(two.url("/test/ws"));
      expect(await one.serve.module("test").all.emit("e", 1)).toEqual({ delivered: 1, gone: [] });
      expect(await client.next()).toEqual({ event: "e", data: 1 });
      await client.close();
    }
  });

  test("without a URL, the start names the variable and says what to set", async () => {
    const failed = startModules(
      defineModule({ config: [setCluster({ redis: { urlEnv: "TEST_NOT_SET" } })] }),
    );
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

// A Redis Cluster in use while one of its primaries dies, and while a slot moves.
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StreamPlace } from "wsgen-runtime";
import { startRedisCluster, type TestRedisCluster } from "../../support/redis-cluster.js";
import { withRedis } from "../../support/redis-server.js";
import { joinRedis, limits, newKey } from "./redis-link.js";

withRedis.describe("Redis Cluster", () => {
  let redis: TestRedisCluster;
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    redis = await startRedisCluster();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await redis.stop();
  });

  const stream = { topic: "room:a", event: "e" };
  const key = "{wsgen:room:a}";

  /** Two nodes: one sends without a pause, both have the topic. */
  async function use() {
    const [one, two] = [
      await joinRedis(redis.urls, { timeoutMs: 1_000 }),
      await joinRedis(redis.urls, { timeoutMs: 1_000 }),
    ];
    for (const { link } of [one, two]) {
      closing.push(() => link.close().catch(() => {}));
      await link.subscribe([stream.topic, "room:b", "room:c", "room:d"]);
    }
    const acknowledged: (StreamPlace & { readonly text: string })[] = [];
    let isOn = true;
    const sending = (async () => {
      for (let index = 0; isOn; index += 1) {
        const text = String(index);
        const place = await one.link.append(stream, Buffer.from(text), newKey()).catch(() => undefined);
        if (place !== undefined) acknowledged.push({ epoch: place.epoch, offset: place.offset, text });
        await setTimeout(2);
      }
    })();
    const end = async () => {
      isOn = false;
      await sending;
    };
    closing.unshift(end);
    return { one, two, acknowledged, end };
  }

  /** All topics bring messages again, whatever slot they have, and each is received once. */
  async function expectWhole({ one, two }: Awaited<ReturnType<typeof use>>) {
    await expect
      .poll(() => one.link.publish("room:b", Buffer.from("probe")).catch(() => 0), { timeout: 30_000 })
      .toBe(2);
    for (const topic of ["room:a", "room:b", "room:c", "room:d"])
      await expect
        .poll(() => one.link.publish(topic, Buffer.from(`last ${topic}`)).catch(() => 0), { timeout: 30_000 })
        .toBe(2);
    for (const topic of ["room:a", "room:b", "room:c", "room:d"])
      await expect
        .poll(() => two.received.filter((text) => text === `last ${topic}`).length)
        .toBeGreaterThan(0);
  }

  test("a primary that dies: its replica takes over, the epoch changes, and no place is given twice", async () => {
    const used = await use();
    const { one, two, acknowledged, end } = used;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(50);
    await redis.failOver(key);
    await expect
      .poll(() => [one.states.at(-1), two.states.at(-1)], { timeout: 30_000 })
      .toEqual([true, true]);
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 50);
    await expectWhole(used);
    await end();
    const places = acknowledged.map(({ epoch, offset }) => `${epoch} ${offset}`);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(acknowledged.map(({ epoch }) => epoch)).size).toBe(2);
    expect(one.states).toEqual([false, true]);
  });

  test("a slot that moves while it is used: no place is given twice, and its topic goes on", async () => {
    const used = await use();
    const { one, two, acknowledged, end } = used;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(50);
    for (let turn = 0; turn < 3; turn += 1) {
      await redis.moveSlot(key);
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 20);
    }
    await expectWhole(used);
    await end();
    const places = acknowledged.map(({ epoch, offset }) => `${epoch} ${offset}`);
    expect(new Set(places).size).toBe(places.length);
    const { epoch, newest, messages } = await two.link.history(stream, limits);
    const last = acknowledged.filter((place) => place.epoch === epoch);
    expect(last.at(-1)?.offset).toBe(newest);
    expect(messages.slice(-last.length).map(String)).toEqual(last.map(({ text }) => text));
    expect(one.states).toEqual([]);
  });

  test("a Redis Cluster that is not there: the message has no password", async () => {
    await redis.stop();
    const failed = joinRedis(redis.urls);
    await expect(failed).rejects.toThrow(
      /^Redis cannot be reached at redis:\/\/127\.0\.0\.1:\d+, .*ECONNREFUSED/,
    );
    await expect(failed).rejects.not.toThrow(/secret/);
  });
});

// `node bench/redis.js`: what one push costs Redis and this process. Starts a redis-server of its own.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { createClient } from "redis";
import { redisCluster } from "../runtime/dist/redis.js";

const port = await freePort();
const url = `redis://127.0.0.1:${port}`;
const server = spawn("redis-server", ["--port", String(port), "--save", ""], { stdio: "ignore" });
const stream = { topic: "room:a", event: "message" };
const message = Buffer.alloc(200, "x");
await setTimeout(500);
try {
  await measureAll();
} finally {
  server.kill();
}

/** Prints a line for each call and number of nodes. */
async function measureAll() {
  const control = await createClient({ url }).connect();
  const sender = await join();
  const calls = {
    publish: () => sender.publish(stream.topic, message),
    append: () => sender.append(stream, message, { limits: { last: 100 }, key: randomUUID() }),
  };
  process.stdout.write("| call | nodes with receivers | calls/s | CPU of Redis | CPU of the process |\n");
  process.stdout.write("| --- | --- | --- | --- | --- |\n");
  for (const nodes of [0, 1, 10]) {
    const links = await Promise.all(Array.from({ length: nodes }, join));
    for (const link of links) await link.subscribe([stream.topic]);
    for (const [name, call] of Object.entries(calls)) {
      const cells = await measure(control, call);
      process.stdout.write(`| ${[name, nodes, ...cells].join(" | ")} |\n`);
    }
    await Promise.all(links.map((link) => link.close()));
  }
  await sender.close();
  control.destroy();
}

function join() {
  const node = { id: randomUUID(), receive: () => {}, changed: () => {} };
  return redisCluster({ url, timeoutMs: 30_000 }).join(node);
}

/** With 100 calls on their way. */
async function measure(control, call) {
  const count = 40_000;
  const before = { redis: await readCpu(control), own: process.cpuUsage(), ms: performance.now() };
  let started = 0;
  const work = async () => {
    while (started++ < count) await call();
  };
  await Promise.all(Array.from({ length: 100 }, work));
  const seconds = (performance.now() - before.ms) / 1_000;
  const { user, system } = process.cpuUsage(before.own);
  const redis = ((await readCpu(control)) - before.redis) / count;
  return [Math.round(count / seconds), micro(redis), micro((user + system) / count)];
}

function micro(value) {
  return `${value.toFixed(1)} µs`;
}

async function readCpu(control) {
  const text = await control.info("cpu");
  const read = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)[1]) * 1e6;
  return read("used_cpu_user") + read("used_cpu_sys");
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address();
  probe.close();
  return free;
}

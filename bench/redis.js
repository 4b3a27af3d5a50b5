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
await setTimeout(500);
const control = await createClient({ url }).connect();
const join = () =>
  redisCluster({ url, timeoutMs: 30_000 }).join({ id: randomUUID(), receive: () => {}, changed: () => {} });
const sender = await join();
const stream = { topic: "room:a", event: "message" };
const message = Buffer.alloc(200, "x");
const publish = () => sender.publish(stream.topic, message);
const append = () => sender.append(stream, message, { limits: { last: 100 }, key: randomUUID() });

process.stdout.write("| call | nodes with receivers | calls/s | CPU of Redis | CPU of the process |\n");
process.stdout.write("| --- | --- | --- | --- | --- |\n");
for (const nodes of [0, 1, 10]) {
  const links = await Promise.all(Array.from({ length: nodes }, join));
  for (const link of links) await link.subscribe([stream.topic]);
  await measure("publish", nodes, publish);
  await measure("append", nodes, append);
  await Promise.all(links.map((link) => link.close()));
}
await sender.close();
control.destroy();
server.kill();

/** With 100 calls on their way. */
async function measure(name, nodes, call) {
  const count = 40_000;
  const before = { redis: await readCpu(), own: process.cpuUsage(), ms: performance.now() };
  let started = 0;
  const work = async () => {
    while (started++ < count) await call();
  };
  await Promise.all(Array.from({ length: 100 }, work));
  const seconds = (performance.now() - before.ms) / 1_000;
  const { user, system } = process.cpuUsage(before.own);
  const redis = ((await readCpu()) - before.redis) / count;
  const cells = [name, nodes, Math.round(count / seconds), micro(redis), micro((user + system) / count)];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

const micro = (value) => `${value.toFixed(1)} µs`;

async function readCpu() {
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

// Several processes over one Redis: a client is at the first, another one counts at the last. The first process is killed, and its
// client goes on at the next one, without a lost or a doubled number. Called by `npm run demo -- --nodes 3`.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient, createResume } from "wsgen-runtime/client";
import { WebSocket } from "wsgen-runtime/testing";
import { Steps } from "../steps.js";

const numbers = 60;
const killedAt = 20;
const print = (line) => console.log(`    ${line}`);

/** @param count the number of processes, 2 to 9 */
export async function showCluster(count) {
  const steps = new Steps();
  const children = [];
  const folder = await mkdtemp(join(tmpdir(), "wsgen-cluster-"));
  const clients = [];
  try {
    let redis;
    const ports = [];
    await steps.run("start Redis", async () => {
      redis = await freePort();
      const fixed = ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
      const child = spawn("redis-server", ["--port", String(redis), ...fixed], { stdio: "ignore" });
      children.push(child);
      await Promise.race([waitForPort(redis), failed(child)]);
    });
    await steps.run(`start ${count} processes`, async () => {
      for (let index = 0; index < count; index += 1) {
        const port = await freePort();
        const env = { ...process.env, PORT: port, REDIS_URL: `redis://127.0.0.1:${redis}`, LOG: "off" };
        const child = fork(fileURLToPath(new URL("server.js", import.meta.url)), { env });
        children.push(child);
        ports.push(port);
        await Promise.race([once(child, "message"), failed(child)]);
        print(`process ${child.pid} listens on port ${port}`);
      }
    });
    await steps.run("count while a process is killed", async () => {
      const ann = follow(ports, clients);
      const bob = createClient(`ws://127.0.0.1:${ports.at(-1)}/counter/ws`, { WebSocket });
      clients.push(bob);
      await ann.opened();
      print(`ann is at port ${ann.port()}, bob at port ${ports.at(-1)}`);
      for (let number = 1; number <= numbers; number += 1) {
        const { delivered, unavailable, pid } = await bob.request("count", { number });
        if (unavailable) throw new Error(`The number ${number} could not be stored.`);
        if (number === 1) print(`bob counts 1 at process ${pid}: ${delivered} connections have it`);
        if (number === killedAt) {
          const first = children[1];
          first.kill("SIGKILL");
          print(`kill -9 ${first.pid}, the process of ann; bob counts on`);
        }
        await setTimeout(10);
      }
      await ann.seenAll();
      print(
        `ann is back at port ${ann.port()} and has seen ${ann.seen.length} numbers: ${describe(ann.seen)}`,
      );
      if (!isWhole(ann.seen) || ann.gaps.length > 0)
        throw new Error("Numbers were lost, doubled or out of order.");
    });
    console.log("\ndocs/scaling.md says what is guaranteed. To go on: examples/cluster/README.md");
  } catch (error) {
    steps.explain(error);
    process.exitCode = 1;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

/** A client that tries the next port when its connection has ended. */
function follow(ports, clients) {
  let turn = -1;
  const seen = [];
  const gaps = [];
  const port = () => ports[turn % ports.length];
  const next = () => {
    turn += 1;
    return `ws://127.0.0.1:${port()}/counter/ws`;
  };
  const client = createClient(next, {
    WebSocket,
    backOff: { baseMs: 50, maxMs: 500 },
    resume: createResume({ onGap: (some) => gaps.push(...some) }),
  });
  clients.push(client);
  client.on("counted", ({ number }) => seen.push(number));
  return {
    seen,
    gaps,
    port,
    opened: () => until(() => client.state === "open"),
    seenAll: () => until(() => seen.at(-1) === numbers),
  };
}

const isWhole = (seen) => seen.length === numbers && seen.every((number, index) => number === index + 1);
const describe = (seen) => (isWhole(seen) ? `1 to ${numbers}, each once and in order` : seen.join(" "));

async function until(isTrue) {
  for (let turn = 0; turn < 1_500; turn += 1) {
    if (isTrue()) return;
    await setTimeout(20);
  }
  throw new Error("It took more than 30 seconds.");
}

async function failed(child) {
  const ended = once(child, "exit").then(
    ([code, signal]) => `It ended with ${signal ?? `exit code ${code}`}.`,
  );
  const error = once(child, "error").then(
    ([{ message }]) => `${message}. Install Debian's package redis-server.`,
  );
  throw new Error(await Promise.race([ended, error]));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function waitForPort(port) {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await setTimeout(50);
  }
}

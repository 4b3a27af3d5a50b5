// A Redis Cluster of its own for a test: three primaries and three replicas, as processes on free ports of loopback.
import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.js";
import { type RedisServer, startRedis } from "./redis-server.js";

const password = "secret";
const run = promisify(execFile);

export interface TestRedisCluster {
  /** With a password. */
  readonly urls: readonly string[];
  /** Ends the primary that has a key; resolves when its replica has taken over. */
  failOver(key: string): Promise<void>;
  /** Moves the slot of a key, with its keys, to another primary, as an operator does while all is in use. */
  moveSlot(key: string): Promise<void>;
  stop(): Promise<void>;
}

const runCli = (...args: readonly string[]) =>
  run("redis-cli", args, { timeout: 60_000, env: { ...process.env, REDISCLI_AUTH: password } });

/** Sends a command to a server with redis-cli. @returns its lines */
async function redisCli(port: number, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await runCli("-p", String(port), ...args);
  return stdout.trimEnd().split("\n");
}

export async function startRedisCluster(): Promise<TestRedisCluster> {
  const servers: RedisServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    while (servers.length < 6) servers.push(await startMember());
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
    await runCli("--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes");
    for (const { port } of servers) await waitForState(port);
  } catch (error) {
    await stop();
    throw error;
  }
  const isRunning = ({ process: { exitCode, signalCode } }: RedisServer) =>
    exitCode === null && signalCode === null;
  const locate = async (key: string) => {
    const asked = servers.find(isRunning)?.port ?? 0;
    const [slot] = await redisCli(asked, "cluster", "keyslot", key);
    const nodes = await redisCli(asked, "cluster", "nodes");
    const line = nodes.find((each) => hasSlot(each, Number(slot))) ?? "";
    return { slot: Number(slot), owner: servers.find(({ port }) => line.includes(`:${port}@`)) };
  };
  return {
    urls: servers.map(({ port }) => `redis://:${password}@127.0.0.1:${port}`),
    async failOver(key) {
      const { owner: before } = await locate(key);
      before?.process.kill("SIGKILL");
      for (let turn = 0; turn < 300; turn += 1) {
        await setTimeout(100);
        const { owner } = await locate(key);
        if (owner !== undefined && owner !== before && (await isWhole(owner.port))) return;
      }
      throw new Error(`No replica has taken over the slot of ${key} within 30 s.`);
    },
    async moveSlot(key) {
      const { slot, owner } = await locate(key);
      if (owner === undefined) throw new Error(`No server has the slot ${slot} of ${key}.`);
      await move(slot, owner.port, await otherPrimary(owner.port));
    },
    stop,
  };
}

async function startMember(): Promise<RedisServer> {
  const cluster = ["--cluster-enabled", "yes", "--cluster-port", String(await freePort())];
  const failover = ["--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0"];
  return startRedis(...cluster, ...failover, "--requirepass", password, "--masterauth", password);
}

async function isWhole(port: number): Promise<boolean> {
  const lines = await redisCli(port, "cluster", "info");
  return lines.some((line) => line.startsWith("cluster_state:ok"));
}

async function waitForState(port: number): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    const nodes = await redisCli(port, "cluster", "nodes");
    if ((await isWhole(port)) && nodes.filter((line) => line.includes("slave")).length === 3) return;
    await setTimeout(100);
  }
  throw new Error(`The Redis Cluster is not ready at port ${port} after 30 s.`);
}

/** Of a line of CLUSTER NODES: a living primary with the slot. */
function hasSlot(line: string, slot: number): boolean {
  const [, , flags = "", , , , , , ...ranges] = line.split(" ");
  if (!flags.includes("master") || flags.includes("fail")) return false;
  return ranges.some((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return from !== undefined && to !== undefined && slot >= from && slot <= to;
  });
}

interface Primary {
  readonly id: string;
  readonly port: number;
}

async function listPrimaries(port: number): Promise<Primary[]> {
  return (await redisCli(port, "cluster", "nodes"))
    .map((line) => line.split(" "))
    .filter(([, , flags = ""]) => flags.includes("master") && !flags.includes("fail"))
    .map(([id = "", address = ""]) => ({ id, port: Number(/:(\d+)@/.exec(address)?.[1]) }));
}

async function otherPrimary(port: number): Promise<number> {
  const other = (await listPrimaries(port)).find((primary) => primary.port !== port);
  if (other === undefined) throw new Error("The Redis Cluster has only one primary.");
  return other.port;
}

/** https://redis.io/docs/latest/commands/cluster-setslot/ */
async function move(slot: number, from: number, to: number): Promise<void> {
  const primaries = await listPrimaries(from);
  const idOf = (port: number) => primaries.find((primary) => primary.port === port)?.id ?? "";
  const set = (port: number, ...args: string[]) =>
    redisCli(port, "cluster", "setslot", String(slot), ...args);
  await set(to, "importing", idOf(from));
  await set(from, "migrating", idOf(to));
  for (;;) {
    const keys = (await redisCli(from, "cluster", "getkeysinslot", String(slot), "100")).filter(Boolean);
    if (keys.length === 0) break;
    const access = ["auth", password];
    await redisCli(from, "migrate", "127.0.0.1", String(to), "", "0", "5000", ...access, "keys", ...keys);
  }
  await set(to, "node", idOf(to));
  await set(from, "node", idOf(to));
  for (const { port } of primaries) if (port !== to && port !== from) await set(port, "node", idOf(to));
}

// A Redis Cluster of its own for a test: three primaries and three replicas, as processes on free ports of loopback.
import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { type RedisServer, startRedis } from "./redis-server.js";

const run = promisify(execFile);

export interface TestRedisCluster {
  readonly urls: readonly string[];
  /** The server that has a slot now. */
  owner(slot: number): Promise<RedisServer>;
  /** Ends a primary; resolves when its replica has taken over. */
  failOver(slot: number): Promise<void>;
  /** Moves a slot with its keys to another primary, as an operator does while all is in use. */
  moveSlot(slot: number): Promise<void>;
  stop(): Promise<void>;
}

/** Sends a command to a server with redis-cli. @returns its lines */
export async function redisCli(port: number, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await run("redis-cli", ["-p", String(port), ...args], { timeout: 30_000 });
  return stdout.trimEnd().split("\n");
}

export async function startRedisCluster(...args: readonly string[]): Promise<TestRedisCluster> {
  const servers: RedisServer[] = [];
  while (servers.length < 6) servers.push(await startMember(args));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
    const create = ["--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes"];
    await run("redis-cli", create, { timeout: 60_000 });
    for (const { port } of servers) await waitForState(port);
  } catch (error) {
    await stop();
    throw error;
  }
  const isRunning = ({ process: { exitCode, signalCode } }: RedisServer) =>
    exitCode === null && signalCode === null;
  const owner = async (slot: number) => {
    const asked = servers.find(isRunning);
    const nodes = await redisCli(asked?.port ?? 0, "cluster", "nodes");
    const line = nodes.find((each) => hasSlot(each, slot)) ?? "";
    const server = servers.find(({ port }) => line.includes(`:${port}@`));
    if (server === undefined) throw new Error(`No server has the slot ${slot}: ${nodes.join("\n")}`);
    return server;
  };
  return {
    urls: servers.map(({ url }) => url),
    owner,
    async failOver(slot) {
      const before = await owner(slot);
      before.process.kill("SIGKILL");
      for (let turn = 0; turn < 300; turn += 1) {
        await setTimeout(100);
        const after = await owner(slot);
        if (after !== before && (await isWhole(after.port))) return;
      }
      throw new Error(`No replica has taken over the slot ${slot} within 30 s.`);
    },
    async moveSlot(slot) {
      const from = await owner(slot);
      const to = await otherPrimary(from.port);
      await move(slot, from.port, to);
    },
    stop,
  };
}

/** The port of the bus of a member is its own port + 10,000, which must exist. */
function startMember(args: readonly string[]): Promise<RedisServer> {
  const cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
  return startRedis(...cluster, "--cluster-replica-validity-factor", "0", ...args);
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
  const set = (port: number, ...args: string[]) => redisCli(port, "cluster", "setslot", String(slot), ...args);
  await set(to, "importing", idOf(from));
  await set(from, "migrating", idOf(to));
  for (;;) {
    const keys = (await redisCli(from, "cluster", "getkeysinslot", String(slot), "100")).filter(Boolean);
    if (keys.length === 0) break;
    await redisCli(from, "migrate", "127.0.0.1", String(to), "", "0", "5000", "keys", ...keys);
  }
  await set(to, "node", idOf(to));
  await set(from, "node", idOf(to));
  for (const { port } of primaries) if (port !== to && port !== from) await set(port, "node", idOf(to));
}

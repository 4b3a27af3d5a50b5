// A Redis of its own for a test: on a free port of loopback, in a temporary folder, without a file.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "./free-port.js";
import { skipUnless } from "./skip-unless.js";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
export const withRedis = skipUnless(hasRedis, "the clusters over Redis", "apt-get install redis-server");

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it and starts another one on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param args further arguments of redis-server */
export async function startRedis(...args: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "wsgen-redis-"));
  let child = await start(port, folder, args);
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get process() {
      return child;
    },
    async restart() {
      await end();
      child = await start(port, folder, args);
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  const fixed = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  const child = spawn("redis-server", [...fixed, ...args], { stdio: "ignore" });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error("redis-server is missing: install Debian's package redis-server.", { cause })),
    );
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}.`)));
  });
  failed.catch(() => {});
  await Promise.race([failed, answers(port)]);
  return child;
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await setTimeout(20);
  }
}

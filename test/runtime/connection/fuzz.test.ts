import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { setHandshakeTimeout, setPingPeriod, setPongWait, setWriteWait } from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { Random, runRandomPeer } from "./random-peer.js";

/** Set them to repeat a failure, or to send more. */
const seed = Number(process.env.WSGEN_FUZZ_SEED ?? Date.now() % 2 ** 31);
const frameCount = Number(process.env.WSGEN_FUZZ_FRAMES ?? 20_000);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test(`random frames and handshakes leave nothing behind (seed ${seed})`, {
  timeout: 60_000 + frameCount,
}, async () => {
  const opened = new Set<string>();
  let hooks = 0;
  const module = defineModule({
    config: [setHandshakeTimeout(2), setWriteWait(1), setPingPeriod(1), setPongWait(1)],
    commands: [
      ping,
      defineCommand("slow", () => new Promise((resolve) => setImmediate(resolve))),
      defineCommand("throw", () => Promise.reject(new Error("thrown"))),
    ],
    connect: async (ctx) => {
      await new Promise((resolve) => setImmediate(resolve));
      ctx.join("room");
      opened.add(ctx.id);
    },
    close: () => void hooks++,
    disconnect: (ctx) => void opened.delete(ctx.id),
  });
  await using server = await startModules(module);
  const url = server.url("/test/ws");
  const random = new Random(seed);
  let [sent, accepted] = [0, 0];
  const usedBytes: number[] = [];
  while (sent < frameCount) {
    const peers = Array.from({ length: 20 }, () =>
      runRandomPeer(url, new Random(random.below(2 ** 31)), 100),
    );
    for (const frames of await Promise.all(peers)) sent += frames;
    const healthy = await connectClient(url);
    expect(await healthy.request("ping")).toEqual({ ping: "pong" });
    await healthy.close();
    accepted = server.serve.module("test").stats().accepted;
    collectGarbage();
    usedBytes.push(process.memoryUsage().heapUsed);
  }
  await server.close();
  expect(accepted).toBeGreaterThan(usedBytes.length * 5);
  expect(hooks).toBeGreaterThanOrEqual(accepted);
  expect(opened.size).toBe(0);
  expect(server.serve.module("test").stats()).toMatchObject({ connections: 0, rooms: new Map() });
  collectGarbage();
  // The first round warms up: code, pools and maps that grow once.
  expect(process.memoryUsage().heapUsed).toBeLessThan((usedBytes[1] ?? usedBytes[0] ?? 0) * 1.2);
});

import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { connectClient } from "wsgen-runtime/testing";
import { Random } from "../fuzz/random.js";
import { hasSameResources, type ProcessReport, TargetProcess } from "../support/target-process.js";
import { behaviours } from "./bad-peers.js";

// Longer on request: WSGEN_FAULT_SECONDS=600.
const seconds = Number(process.env.WSGEN_FAULT_SECONDS ?? 8);
const peers = 300;

/** By then the code is compiled and the pools are filled, however long that takes. A quiet machine needs two seconds. */
const warmUpCount = 3 * peers;
const noiseBytes = 2 * 2 ** 20;

/** Lets the peers loose until they have behaved so often. Returns how often each behaviour was seen. */
async function unleash(
  target: TargetProcess,
  seed: number,
  isEnough: (count: number) => boolean,
): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const names = Object.keys(behaviours);
  let count = 0;
  const isOver = () => isEnough(count);
  const live = async (number: number): Promise<void> => {
    const random = new Random(seed, number);
    while (!isOver()) {
      const name = random.pick(names);
      count += 1;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      const url = target.url(random.chance(80) ? "/test/ws" : "/zip/ws");
      // A peer that was cut, refused or never answered has what it asked for.
      await behaviours[name]?.(url, random).catch(() => {});
      await pause(random.below(20));
    }
  };
  await Promise.all([
    ...Array.from({ length: peers }, (_, number) => live(number)),
    stayHealthy(target, isOver),
  ]);
  return seen;
}

/** In the middle of it all, a good client is answered. */
async function stayHealthy(target: TargetProcess, isOver: () => boolean): Promise<void> {
  await using client = await connectClient(target.url("/test/ws"));
  while (!isOver()) {
    expect(await client.request("ping", {}, 10_000)).toEqual({ ping: "pong" });
    await pause(20);
  }
}

const settle = (target: TargetProcess, idle: ProcessReport): Promise<ProcessReport> =>
  target.reportOnce(
    (report) =>
      report.connections === 0 &&
      report.hooks.disconnect === report.hooks.connect &&
      hasSameResources(report, idle),
  );

/** The least of several readings: what a collection missed, or a busy machine had not finished yet, is no leak. */
async function leastHeldBytes(target: TargetProcess): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let readings = 0; readings < 5; readings += 1) {
    least = Math.min(least, (await target.report()).heldBytes);
    await pause(50);
  }
  return least;
}

test(`${peers} bad peers for ${seconds} s leave nothing behind`, {
  timeout: 90_000 + seconds * 2_000,
}, async () => {
  await using target = await TargetProcess.start();
  const idle = await target.report();
  await unleash(target, 1, (count) => count >= warmUpCount);
  await settle(target, idle);
  const warmBytes = await leastHeldBytes(target);
  const endsAtMs = performance.now() + seconds * 1_000;
  const seen = await unleash(target, 2, () => performance.now() > endsAtMs);
  const after = await settle(target, idle);
  expect(after.rooms).toBe(0);
  expect(after.hooks.close).toBe(after.hooks.connect);
  expect(await leastHeldBytes(target)).toBeLessThan(warmBytes * 1.2 + noiseBytes);
  expect([...seen.keys()].sort()).toEqual(Object.keys(behaviours).sort());
  expect(after.dropped).toBeGreaterThan(0);
  expect(await target.stop()).toBe(0);
});

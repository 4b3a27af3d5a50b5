import { expect, test } from "vitest";
import { connectClient } from "wsgen-runtime/testing";
import { hasSameResources, TargetProcess } from "../support/target-process.js";
import { makeCase } from "./fuzz-case.js";
import { runCase } from "./run-case.js";

// On request: WSGEN_FUZZ_CASES=1000000, with a WSGEN_FUZZ_SEED of one's own.
const seed = Number(process.env.WSGEN_FUZZ_SEED ?? 6455);
const first = Number(process.env.WSGEN_FUZZ_FROM ?? 0);
const count = Number(process.env.WSGEN_FUZZ_CASES ?? 20_000);
const workers = 64;

/** By then the code is compiled and the pools are filled, so that what grows later is a leak. */
const warmUpCount = 2_000;

/** Of small heaps, the noise alone is more than 20 %. */
const noiseBytes = 2 * 2 ** 20;

const replay = (from: number, cases: number): string =>
  `replay: WSGEN_FUZZ_SEED=${seed} WSGEN_FUZZ_FROM=${from} WSGEN_FUZZ_CASES=${cases} npx vitest run --config test/vitest.config.ts fuzz`;

/** Plays the cases from `from` to `end` - 1, some at the same time. */
async function play(target: TargetProcess, from: number, end: number): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < end) {
      const number = next++;
      try {
        const fuzzCase = makeCase(seed, number);
        await runCase(target.url(`/${fuzzCase.flag}/ws`, fuzzCase.isSecure), fuzzCase);
      } catch (cause) {
        throw new Error(`case ${number} of seed ${seed}: ${(cause as Error).message}\n${replay(number, 1)}`, {
          cause,
        });
      }
      if (target.death !== undefined) {
        const oldest = Math.max(first, number - 2 * workers);
        throw new Error(`${target.death}\n${replay(oldest, 3 * workers)}`);
      }
      if (number % 1_000 === 0) await expectHealthy(target);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  await expectHealthy(target);
}

async function expectHealthy(target: TargetProcess): Promise<void> {
  for (const [flag, isSecure] of [
    ["test", false],
    ["zip", false],
    ["behind", false],
    ["test", true],
    ["behind", true],
  ] as const) {
    await using client = await connectClient(target.url(`/${flag}/ws`, isSecure), {
      rejectUnauthorized: false,
    });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  }
}

test(`${count} random clients from seed ${seed} harm nothing`, { timeout: 60_000 + count * 10 }, async () => {
  await using target = await TargetProcess.start();
  const idle = await target.report();
  await play(target, first, first + Math.min(count, warmUpCount));
  const warm = await target.reportOnce(
    (report) => report.connections === 0 && hasSameResources(report, idle),
  );
  await play(target, first + warmUpCount, first + count);
  const after = await target.reportOnce(
    (report) => report.connections === 0 && hasSameResources(report, idle),
  );
  expect(after.rooms).toBe(0);
  expect(after.hooks.close).toBe(after.hooks.connect);
  expect(after.hooks.disconnect).toBe(after.hooks.connect);
  expect(after.heldBytes).toBeLessThan(warm.heldBytes * 1.2 + noiseBytes);
  // A fuzzer whose handshakes all fail would find nothing.
  expect(after.accepted).toBeGreaterThan(count / 2);
  expect(await target.stop()).toBe(0);
});

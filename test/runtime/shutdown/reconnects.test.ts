// When the clients of a process that shuts down come to the others.
import { afterEach, describe, expect, test } from "vitest";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import type { ModuleRuntime } from "../../../runtime/src/connection/module-runtime.js";
import { planReconnects } from "../../../runtime/src/server/shutdown.js";
import { createRandom } from "../client/random.js";
import { defineModule, ping } from "../serve/define-module.js";

let server: TestServer | undefined;
afterEach(() => server?.close());

const plainReason = "The server is shutting down.";
/** The wait in a close reason, in milliseconds; 0 without one. */
const readWait = (reason: string): number => {
  expect(reason.startsWith(plainReason)).toBe(true);
  return Number(/^ Retry after (\d+) ms\.$/.exec(reason.slice(plainReason.length))?.[1] ?? 0);
};

const moduleOf = (connections: number, mostInOneSecond = 0) =>
  ({ registry: { byId: { size: connections }, mostInOneSecond } }) as unknown as Pick<
    ModuleRuntime,
    "registry"
  >;

const waitsOf = (count: number, { nextReason }: ReturnType<typeof planReconnects>) =>
  Array.from({ length: count }, nextReason).map(readWait);

/** The most times within one second. */
function peakPerSecond(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  let first = 0;
  return sorted.reduce((peak, time, index) => {
    while (time - (sorted[first] ?? 0) >= 1_000) first += 1;
    return Math.max(peak, index - first + 1);
  }, 0);
}

describe("planReconnects", () => {
  test.each([
    { clients: 50, most: 0, wanted: undefined, perSecond: 100, lastMs: 0 },
    { clients: 1_001, most: 0, wanted: undefined, perSecond: 100, lastMs: 10_000 },
    { clients: 1_001, most: 500, wanted: undefined, perSecond: 500, lastMs: 2_000 },
    { clients: 1_001, most: 500, wanted: 50, perSecond: 50, lastMs: 20_000 },
    { clients: 30_000, most: 0, wanted: 10, perSecond: 1_000, lastMs: 30_000 },
    { clients: 1_001, most: 0, wanted: Number.NaN, perSecond: 100, lastMs: 10_000 },
    { clients: 1_001, most: 0, wanted: -1, perSecond: 100, lastMs: 10_000 },
  ])(
    "$clients clients, $most a second before, $wanted wanted: $perSecond a second",
    ({ clients, most, wanted, perSecond, lastMs }) => {
      const plan = planReconnects([moduleOf(clients - 1, most), moduleOf(1, 7)], wanted);
      expect(plan.perSecond).toBe(perSecond);
      const last = waitsOf(clients, plan).at(-1) ?? 0;
      expect(last).toBeGreaterThanOrEqual(Math.max(0, lastMs - 1_000));
      expect(last).toBeLessThanOrEqual(lastMs);
    },
  );

  test("with the half second that clients add, no second has more than half as many again", () => {
    const random = createRandom(5_000);
    const waits = waitsOf(5_000, planReconnects([moduleOf(5_000, 500)]));
    expect(peakPerSecond(waits.map((wait) => wait + random() * 500))).toBeLessThanOrEqual(750);
  });
});

test("close: each client gets its turn", async () => {
  server = await startModules(defineModule({ commands: [ping] }));
  const { url } = server;
  const clients = await Promise.all(Array.from({ length: 40 }, () => connectClient(url("/test/ws"))));
  const begun = performance.now();
  await server.serve.close({ reconnectsPerSecond: 20 });
  const tookMs = performance.now() - begun;
  const ends = await Promise.all(clients.map((client) => client.closed));
  const waits = ends.map(({ code, reason }) => {
    expect(code).toBe(1001);
    return readWait(reason);
  });
  // In the order of connecting, one each 50 ms; what is shorter than half a second is left to the client.
  waits.sort((one, other) => one - other);
  for (const [turn, wait] of waits.entries()) {
    if (wait === 0) expect(turn * 50 - tookMs).toBeLessThan(500);
    else {
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(turn * 50);
      expect(wait).toBeGreaterThanOrEqual(turn * 50 - tookMs - 1);
    }
  }
  expect(waits.at(-1)).toBeGreaterThan(0);
});

describe("close: noticeMs", () => {
  test("the server works on while /readyz tells load balancers, then it ends", async () => {
    server = await startModules(defineModule({ commands: [ping] }));
    const { url, serve } = server;
    const readyz = new URL("/readyz", url("/test/ws").replace("ws:", "http:"));
    await using early = await connectClient(url("/test/ws"));
    const closed = serve.close({ noticeMs: 500 });
    expect(serve.isReady).toBe(false);
    expect((await fetch(readyz)).status).toBe(503);
    await using late = await connectClient(url("/test/ws"));
    expect(await late.request("ping")).toEqual({ ping: "pong" });
    expect(await early.request("ping")).toEqual({ ping: "pong" });
    await closed;
    for (const client of [early, late])
      expect(await client.closed).toEqual({ code: 1001, reason: plainReason });
  });
});

import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { Profile, type StringTable } from "pprof-format";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { tokenAccess } from "../../../runtime/src/operations/admin-access.js";
import { type ProfilingServer, startProfiling } from "../../../runtime/src/operations/profiling.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: ProfilingServer;
let url: string;
beforeEach(async () => {
  server = await startProfiling({ port: 0, host: "127.0.0.1" }, { log: recordingLogger() });
  url = `http://127.0.0.1:${server.port}/debug/pprof`;
});
afterEach(() => server.close());

/** Keeps the processor busy, with pauses for the server. Async, so that V8 does not inline it into its caller. */
async function spinInTest(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const end = Date.now() + 5;
    while (Date.now() < end) Math.sqrt(end);
    await nextTurn();
  }
}

const functionNames = (profile: Profile): string[] => {
  const { strings }: StringTable = profile.stringTable;
  return profile.function.map(({ name }) => strings[Number(name)] ?? "");
};

/** The number of the busy function's location (0: it is not named), its time, and the time of all functions. */
function measureBusy(profile: Profile) {
  const named = functionNames(profile);
  const busy = named.indexOf("spinInTest") + 1;
  const sumNanos = (samples: typeof profile.sample) =>
    samples.reduce((sum, { value }) => sum + Number(value[1]), 0);
  const below = profile.sample.filter(({ locationId }) => locationId.map(Number).includes(busy));
  // What V8 itself spent, "(program)" and "(garbage collector)", grows when other processes take the processor away.
  const inFunctions = profile.sample.filter(
    ({ locationId }) => !named[Number(locationId[0]) - 1]?.startsWith("("),
  );
  return { busy, busyNanos: sumNanos(below), nanos: sumNanos(inFunctions) };
}

/**
 * Takes profiles until one names the busy function, five at most: V8 of Node 24 does not always know code that was
 * optimised before the profile began, and counts its time as its own.
 */
async function takeProfile<Taken>(
  take: () => Promise<Taken>,
  isNamed: (taken: Taken) => boolean,
): Promise<Taken> {
  let taken = await take();
  for (let count = 1; count < 5 && !isNamed(taken); count++) taken = await take();
  return taken;
}

const readPprof = async (response: Response) =>
  Profile.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));

describe("the CPU profile", () => {
  const stop = new AbortController();
  beforeAll(() => void spinInTest(stop.signal));
  afterAll(() => stop.abort());

  it("enablePprof: a CPU profile is a gzipped profile.proto in which the busy function has most of the time", async () => {
    const take = async () => {
      const response = await fetch(`${url}/profile?seconds=1`);
      expect(response.status).toBe(200);
      return readPprof(response);
    };
    const profile = await takeProfile(take, (taken) => {
      const { busyNanos, nanos } = measureBusy(taken);
      return busyNanos > nanos / 2;
    });
    const { strings } = profile.stringTable;
    expect(
      profile.sampleType.map(({ type, unit }) => [strings[Number(type)], strings[Number(unit)]]),
    ).toEqual([
      ["samples", "count"],
      ["cpu", "nanoseconds"],
    ]);
    const { busy, busyNanos, nanos } = measureBusy(profile);
    expect(busy).toBeGreaterThan(0);
    expect(busyNanos).toBeGreaterThan(nanos / 2);
    expect(busyNanos).toBeLessThan(Number(profile.durationNanos));
    expect(functionNames(profile)).not.toContain("(idle)");
  });

  it("comes in the format of Chrome DevTools too", async () => {
    const take = async () => {
      const response = await fetch(`${url}/profile?seconds=1&format=cpuprofile`);
      expect(response.headers.get("content-disposition")).toContain(".cpuprofile");
      return response.json();
    };
    const profile = await takeProfile(take, ({ nodes }) => JSON.stringify(nodes).includes("spinInTest"));
    expect(profile.nodes[0].callFrame.functionName).toBe("(root)");
    expect(profile.samples).toHaveLength(profile.timeDeltas.length);
    expect(JSON.stringify(profile.nodes)).toContain("spinInTest");
  });
});

describe("the heap profile", () => {
  /** Keeps 8 MB alive, in small pieces and new ones again and again: far more than the distance of two samples. */
  async function allocateWhile<T>(work: Promise<T>): Promise<T> {
    const kept: object[] = [];
    const growInTest = () => {
      for (let index = 0; index < 10_000; index += 1) kept[index] = Array(100).fill(index);
    };
    const timer = setInterval(growInTest, 10);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  it("shows the functions that allocated the live memory", async () => {
    const profile = await readPprof(await allocateWhile(fetch(`${url}/heap?seconds=1`)));
    expect(functionNames(profile)).toContain("growInTest");
    expect(profile.sample.reduce((sum, { value }) => sum + Number(value[0]), 0)).toBeGreaterThan(100_000);
  });

  it("comes in the format of Chrome DevTools too", async () => {
    const response = await allocateWhile(fetch(`${url}/heap?seconds=1&format=heapprofile`));
    const profile = await response.json();
    expect(Object.keys(profile)).toEqual(["head", "samples"]);
    expect(JSON.stringify(profile.head)).toContain("growInTest");
  });

  it("enablePprof: a profile can be a snapshot of the whole heap", async () => {
    const response = await fetch(`${url}/heapsnapshot`);
    const snapshot = await response.json();
    expect(snapshot.snapshot.node_count).toBeGreaterThan(1000);
    expect(snapshot.nodes).toHaveLength(
      snapshot.snapshot.node_count * snapshot.snapshot.meta.node_fields.length,
    );
  });
});

describe("the server", () => {
  it("lists the profiles", async () => {
    const page = await (await fetch(url)).text();
    for (const name of ["profile", "heap", "heapsnapshot"])
      expect(page).toContain(`href="/debug/pprof/${name}"`);
  });

  it.each(["seconds=0", "seconds=301", "seconds=x", "format=svg"])("answers 400 to %s", async (query) => {
    const response = await fetch(`${url}/profile?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/must be/);
  });

  it("records one profile at a time, and the next one when a client goes away", async () => {
    const leaving = new AbortController();
    const first = fetch(`${url}/profile?seconds=300`, { signal: leaving.signal });
    const second = await poll(
      () => fetch(`${url}/heap?seconds=0.01`),
      ({ status }) => status === 409,
    );
    expect(await second.text()).toContain("being recorded");
    leaving.abort();
    await expect(first).rejects.toThrow();
    await poll(
      () => fetch(`${url}/heap?seconds=0.01`),
      ({ status }) => status === 200,
    );
  });

  it("ends a recording when it closes", async () => {
    const other = await startProfiling({ port: 0, host: "127.0.0.1" }, { log: recordingLogger() });
    const recording = fetch(`http://127.0.0.1:${other.port}/debug/pprof/profile?seconds=300`);
    const refused = expect(recording).rejects.toThrow();
    await poll(
      () => fetch(`http://127.0.0.1:${other.port}/debug/pprof/profile?seconds=0.01`),
      ({ status }) => status === 409,
    );
    await other.close();
    await refused;
  });

  it.each([
    ["another site's page", 403, { "sec-fetch-site": "cross-site" }],
    ["a name that was rebound to this address", 403, { host: "evil.example:80" }],
    ["localhost", 200, { host: "localhost:6060" }],
    ["an IPv6 address", 200, { host: "[::1]:6060" }],
  ])("for %s answers %i", async (_, status, headers) => {
    expect(await statusOf("/debug/pprof/", headers)).toBe(status);
  });

  it.each([
    ["//", 400],
    ["/debug/pprof/constructor", 404],
    ["/%", 404],
  ])("answers %s with %i", async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  it("serves only GET", async () => {
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
  });

  it("fails to start on a port that is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    await expect(startProfiling({ port, host: "127.0.0.1" }, { log: recordingLogger() })).rejects.toThrow(
      "EADDRINUSE",
    );
    blocker.close();
  });
});

async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const sent = request({ port: server.port, host: "127.0.0.1", path, headers }).end();
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

/** Asks again until the answer is the one that is waited for. */
async function poll(
  ask: () => Promise<Response>,
  isAwaited: (response: Response) => boolean,
): Promise<Response> {
  for (;;) {
    const response = await ask();
    if (isAwaited(response)) return response;
    await response.arrayBuffer();
  }
}

describe("beyond this machine", () => {
  const accessOf = (log: ReturnType<typeof recordingLogger>, token: string | undefined) =>
    token === undefined
      ? undefined
      : tokenAccess(
          [
            { name: "ops", token, rights: ["act"] },
            { name: "viewer", token: "a-token-that-only-looks", rights: ["read", "push"] },
          ],
          log,
        );

  test.each([
    ["without a token", undefined, undefined, 200],
    ["with the token", "a-token-of-the-admin", "Bearer a-token-of-the-admin", 200],
    ["with another token", "a-token-of-the-admin", "Bearer another", 401],
    ["with none where there is one", "a-token-of-the-admin", undefined, 401],
    ["with one that may only look", "a-token-of-the-admin", "Bearer a-token-that-only-looks", 403],
  ])(
    "%s, it says so at its start and asks for the admin token where there is one",
    async (_how, token, given, status) => {
      const log = recordingLogger();
      const open = await startProfiling({ port: 0, host: "0.0.0.0" }, { log, access: accessOf(log, token) });
      const headers = given === undefined ? {} : { Authorization: given };
      const response = await fetch(`http://127.0.0.1:${open.port}/debug/pprof/`, { headers });
      expect(response.status).toBe(status);
      await open.close();
      expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
        ["info", "profiles listening"],
        ["warn", "profiles are reachable from other machines, without TLS: they contain data of the process"],
        ...(status === 401 ? [["warn", "refused"]] : []),
      ]);
    },
  );

  test("failures are limited for an address, which the right token passes all the same", async () => {
    const token = "a-token-of-the-admin";
    const log = recordingLogger();
    const open = await startProfiling({ port: 0, host: "0.0.0.0" }, { log, access: accessOf(log, token) });
    const ask = (given: string) =>
      fetch(`http://127.0.0.1:${open.port}/debug/pprof/`, { headers: { Authorization: `Bearer ${given}` } });
    const statuses: number[] = [];
    for (let number = 0; number < 15; number += 1) statuses.push((await ask("another")).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses).toContain(429);
    expect((await ask(token)).status).toBe(200);
    await open.close();
  });
});

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectClient, type TestClient } from "wsgen-runtime/testing";

let folder: string;
let child: ChildProcess;
let url: string;
let exited: Promise<[number | null, string | null]>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wsgen-shutdown-"));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await exited;
  }
  rmSync(folder, { recursive: true });
});

/** Returns the ports of the servers: `test`, and with the option "two" `other`. */
async function start(...options: string[]): Promise<number[]> {
  const file = fileURLToPath(new URL("worker-child.js", import.meta.url));
  child = fork(file, [folder, ...options]);
  exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const [ports] = (await once(child, "message")) as [number[]];
  url = `ws://127.0.0.1:${ports[0]}/test/ws`;
  return ports;
}

const linesOf = (file: string): string[] => readFileSync(join(folder, file), "utf8").trim().split("\n");
const begunCommands = (): number[] => linesOf("begun").map(Number);

/** The numbers of the commands that stand in the log as done. */
function loggedCommands(): number[] {
  const files = readdirSync(folder).filter((name) => name.endsWith("work.log"));
  const lines = files.flatMap(linesOf).map((line) => JSON.parse(line));
  return lines.filter(({ msg }) => msg === "worked").map(({ n }) => n);
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((one, other) => one - other);

/** Keeps this many commands under way, until the server says goodbye. */
const windowSize = 20;

/** Sends without a pause and notes what is answered. */
async function putUnderLoad(
  client: TestClient,
  nextNumber: () => number,
  answered: Set<number>,
): Promise<void> {
  const send = (): void => {
    if (client.socket.readyState === client.socket.OPEN)
      client.send({ command: "work", n: nextNumber(), ms: 1 });
  };
  client.socket.on("message", (data) => {
    answered.add(JSON.parse(data.toString()).n);
    send();
  });
  for (let count = 0; count < windowSize; count++) send();
  expect(await client.closed).toEqual({ code: 1001, reason: "The server is shutting down." });
}

describe("a drain by the admin API", () => {
  test.each([
    ["ends the process as a signal does", []],
    ["goes on where a signal comes meanwhile", ["SIGTERM"]],
  ] as const)("%s: the command that runs is answered, and the exit code is 0", async (_title, [signal]) => {
    const [, adminPort] = await start("admin");
    const client = await connectClient(url);
    client.send({ command: "work", n: 1, ms: 500 });
    await expect.poll(() => readFileSync(join(folder, "begun"), "utf8")).toBe("1\n");
    const answer = await fetch(`http://127.0.0.1:${adminPort}/drain`, {
      method: "POST",
      headers: { authorization: "Bearer 0123456789abcdef", "content-type": "application/json" },
      body: JSON.stringify({ deadlineMs: 20_000 }),
    });
    expect(answer.status).toBe(202);
    if (signal !== undefined) child.kill(signal);
    expect(await client.next()).toEqual({ n: 1 });
    expect((await client.closed).code).toBe(1001);
    expect(await exited).toEqual([0, null]);
  });
});

describe("kill -TERM under load", () => {
  test.each([
    ["commands one after the other", []],
    ["commands at the same time", ["concurrent"]],
    ["compressed messages", ["compress"]],
  ])(
    "closeOnSignals: with %s, commands that have begun are answered and logged, and no others; exit code 0",
    async (_title, options) => {
      await start(...options);
      const answered = new Set<number>();
      let last = 0;
      const nextNumber = () => ++last;
      const clients = await Promise.all(Array.from({ length: 25 }, () => connectClient(url)));
      const loads = clients.map((client) => putUnderLoad(client, nextNumber, answered));
      while (answered.size < 1_000) await once(clients[0]!.socket, "message");
      child.kill("SIGTERM");
      await Promise.all(loads);
      expect(await exited).toEqual([0, null]);
      const begun = ascending(begunCommands());
      expect(ascending(answered)).toEqual(begun);
      expect(ascending(loggedCommands())).toEqual(begun);
      expect(last).toBeGreaterThan(begun.length);
    },
  );

  test("new clients are refused while the commands finish", async () => {
    await start();
    const client = await connectClient(url);
    client.send({ command: "work", n: 1, ms: 1_000 });
    client.send({ command: "work", n: 2, ms: 1 });
    await expect.poll(() => begunCommands()).toContain(1);
    child.kill("SIGTERM");
    const isRefused = () =>
      connectClient(url).then(
        () => false,
        () => true,
      );
    await expect.poll(isRefused).toBe(true);
    expect(await client.next()).toEqual({ n: 1 });
    expect(await client.next()).toEqual({ n: 2 });
    expect(await exited).toEqual([0, null]);
  });

  test("a command without end is cut at the deadline, and the exit code is 0", async () => {
    await start("short");
    const client = await connectClient(url);
    client.send({ command: "work", n: 1, ms: 2_147_483_647 });
    await expect.poll(() => begunCommands()).toEqual([1]);
    child.kill("SIGTERM");
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(await exited).toEqual([0, null]);
  });
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)("a second %s ends the process at once, with %i", async (signal, code) => {
  await start();
  const client = await connectClient(url);
  client.send({ command: "work", n: 1, ms: 2_147_483_647 });
  await expect.poll(() => begunCommands()).toEqual([1]);
  child.kill(signal);
  await expect
    .poll(() =>
      connectClient(url).then(
        () => false,
        () => true,
      ),
    )
    .toBe(true);
  const begunMs = performance.now();
  child.kill(signal);
  expect(await exited).toEqual([code, null]);
  // A shutdown may take 10 s.
  expect(performance.now() - begunMs).toBeLessThan(8_000);
  expect(await client.closed).toMatchObject({ code: 1006 });
});

test("SIGHUP closes every client with 1001 and exits with 0", async () => {
  await start();
  const client = await connectClient(url);
  child.kill("SIGHUP");
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(await exited).toEqual([0, null]);
});

test("two servers in one process are both closed to their end before it exits", async () => {
  const [, port] = await start("two");
  const clients = [await connectClient(url), await connectClient(`ws://127.0.0.1:${port}/other/ws`)];
  child.kill("SIGTERM");
  for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001 });
  expect(await exited).toEqual([0, null]);
  expect(linesOf("begun")).toEqual(["2"]);
});

test("a server that fails to close makes the exit code 1, and the others are closed nevertheless", async () => {
  await start("failing");
  const client = await connectClient(url);
  child.kill("SIGTERM");
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(await exited).toEqual([1, null]);
});

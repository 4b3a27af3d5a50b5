import { afterEach, expect, test } from "vitest";
import {
  setEvents,
  setHealthChecks,
  setMaxMessageBufferSize,
  setPingPeriod,
  setPongWait,
  setRequestCheck,
  setWriteWait,
} from "wsgen-runtime";
import type { LiveReport, Reason } from "../../../runtime/src/inspector/report.js";
import { type AdminServer, startAdminServer } from "../operations/admin-client.js";
import { defineCommand, ping } from "../serve/define-module.js";
import { type LineReader, openLines } from "./read-lines.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const follow = (): Promise<LineReader<LiveReport>> => openLines(admin, "/inspector/live");

const refuseAll = () => [{ pointer: "", rule: "type", message: "is wrong" }];

/** Waits for a report in which this connection has this reason. */
async function findReason(lines: LineReader<LiveReport>, id: string, kind: Reason["kind"]): Promise<Reason> {
  const find = ({ suspects }: LiveReport) =>
    suspects.find((suspect) => suspect.id === id)?.reasons.find((reason) => reason.kind === kind);
  const report = await lines.next((line) => find(line) !== undefined);
  return find(report) as Reason;
}

test("a report has the process, the modules with their routes, and what ran since the page was opened", async () => {
  admin = await startAdminServer({
    flag: "chat",
    urls: ["ws", "rooms/:room"],
    commands: [ping],
    config: [setEvents({ notice: { replay: { last: 5 } } })],
  });
  const { client } = await admin.connect("", "chat");
  await client.request("ping");
  await using lines = await follow();
  const first = await lines.next();
  expect(first).toMatchObject({ state: "ready", process: { pid: process.pid }, suspects: [], unseen: 0 });
  expect(first.modules).toMatchObject([
    {
      flag: "chat",
      routes: ["/chat/ws", "/chat/rooms/:room"],
      connections: 1,
      commands: [{ name: "ping", count: 0 }],
      events: [{ name: "notice", sent: 0, isReplayed: true }],
    },
  ]);
  await client.request("ping");
  admin.server.serve.module("chat").all.emit("notice", {});
  const report = await lines.next(({ modules: [chat] }) => chat?.commands[0]?.count === 1);
  expect(report.modules[0]).toMatchObject({
    commands: [
      { name: "ping", errors: {}, running: 0, p50Ms: expect.any(Number), p99Ms: expect.any(Number) },
    ],
    events: [{ name: "notice", sent: 1 }],
  });
});

test("a connection that breaks the contract, one that fails and one that is slow are named with the reason", async () => {
  const wrong = defineCommand("wrong", () => ({}), [setRequestCheck(refuseAll)]);
  const broken = defineCommand("broken", () => {
    throw new Error("broken");
  });
  const slow = defineCommand("slow", () => new Promise((resolve) => setTimeout(resolve, 3_000)));
  admin = await startAdminServer({ commands: [wrong, broken, slow] });
  await using lines = await follow();
  const clients = await Promise.all([admin.connect(), admin.connect(), admin.connect(), admin.connect()]);
  const [one, two, three, quiet] = clients;
  one?.client.send({ command: "wrong" });
  two?.client.send({ command: "broken" });
  three?.client.send({ command: "slow" });
  expect((await findReason(lines, one?.id ?? "", "broken_contract")).text).toBe(
    "Lately: 1 × invalid_request.",
  );
  const report = await lines.next(({ suspects }) => suspects.length === 3);
  const reasons = new Map(report.suspects.map(({ id, reasons: [reason] }) => [id, reason]));
  expect(reasons.get(two?.id ?? "")).toMatchObject({ kind: "failing", text: "Lately: 1 × failed." });
  expect(reasons.get(three?.id ?? "")?.text).toMatch(/^slow has been running for \d\.\d s\.$/);
  expect(reasons.has(quiet?.id ?? "")).toBe(false);
});

test("a connection that floods and one that does not read are named", async () => {
  admin = await startAdminServer({ commands: [ping], config: [setEvents({ big: {} })] });
  await using lines = await follow();
  const [loud, deaf] = await Promise.all([admin.connect(), admin.connect()]);
  const timer = setInterval(() => {
    for (let n = 0; n < 20; n += 1) loud?.client.send({ command: "ping" });
  }, 50);
  expect((await findReason(lines, loud?.id ?? "", "flooding")).text).toMatch(
    /^It sends \d+ messages per second/,
  );
  clearInterval(timer);
  deaf?.client.socket.pause();
  const push = admin.server.serve.module("test").to(deaf?.id ?? "");
  while (push.emit("big", { text: "x".repeat(60_000) }).delivered > 0) await new Promise(setImmediate);
  // Its module closes slow consumers, and the report remembers whom.
  expect((await findReason(lines, deaf?.id ?? "", "not_reading")).text).toContain("It was closed with 1013");
});

test("a client that sends no pong, and one whose socket takes no byte, are named when they are dropped", async () => {
  admin = await startAdminServer({
    commands: [ping],
    config: [
      ...[setEvents({ big: {} }), setPingPeriod(0.5), setPongWait(0.5), setWriteWait(1)],
      setMaxMessageBufferSize(2 ** 30),
    ],
  });
  await using lines = await follow();
  const [silent, deaf] = await Promise.all([admin.connect(), admin.connect()]);
  for (const { client } of [silent, deaf]) client.socket.pause();
  const push = admin.server.serve.module("test").to(deaf.id);
  // More than the sockets of this machine hold.
  for (let count = 0; count < 32; count += 1) push.emit("big", { text: "x".repeat(2 ** 20) });
  expect((await findReason(lines, silent.id, "silent")).text).toContain("no pong came");
  expect((await findReason(lines, deaf.id, "not_reading")).text).toMatch(/none of \d{7,} bytes in time/);
});

test("the state follows the health checks, and the shutdown", async () => {
  let isHealthy = true;
  admin = await startAdminServer({ config: [setHealthChecks({ database: () => isHealthy })] });
  await using lines = await follow();
  await lines.next(({ state }) => state === "ready");
  isHealthy = false;
  await lines.next(({ state }) => state === "not_ready");
  isHealthy = true;
  const closing = admin.server.serve.close({ noticeMs: 3_000 });
  await lines.next(({ state }) => state === "draining");
  await closing;
});

test("nothing is measured after the last reader has left", async () => {
  admin = await startAdminServer({});
  const { observers } = admin.server.serve as unknown as {
    readonly observers: { readonly isActive: boolean };
  };
  {
    await using one = await follow();
    await using other = await follow();
    await Promise.all([one.next(), other.next()]);
    expect(observers.isActive).toBe(true);
  }
  await expect.poll(() => observers.isActive).toBe(false);
});

test("the twenty-first reader is refused with 503", async () => {
  admin = await startAdminServer({});
  const readers = await Promise.all(Array.from({ length: 20 }, () => follow()));
  await expect(follow()).rejects.toThrow(/^503.*too_many_readers/);
  for (const reader of readers) await reader[Symbol.asyncDispose]();
});

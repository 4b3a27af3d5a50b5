import { afterEach, describe, expect, test } from "vitest";
import { AuditLog } from "../../../runtime/src/operations/admin-audit.js";
import { recordingLogger } from "../support/recording-logger.js";
import { type AdminServer, startAdminServer } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin?.server.close());

const readAudit = async (query = "") => (await admin.ask(`/audit?${query}`)).body;

test("has who did what, when and with which outcome, and so has the log", async () => {
  admin = await startAdminServer({});
  const { id } = await admin.connect("room=x");
  await admin.ask("/modules");
  await admin.ask("/push", {
    method: "POST",
    body: { module: "test", to: { room: "x" }, message: { card: "4111" } },
  });
  await admin.ask("/push", { method: "POST", body: { module: "nope", to: { all: true }, message: 1 } });
  await admin.ask("/push", { method: "POST", body: { module: "test" } });
  await admin.ask(`/connections/${id}`, { method: "DELETE", body: { code: 4000, dryRun: true } });
  await admin.ask("/connections?module=test&room=x", { method: "DELETE", body: { reason: "moved" } });
  const { entries, next } = await readAudit();
  const who = { by: "admin", from: "127.0.0.1", at: expect.stringMatching(/^\d{4}-.*Z$/) };
  const close = { code: 1000, reason: "moved" };
  expect(entries).toEqual([
    {
      ...{ number: 5, ...who, action: "closeConnections" },
      details: { filter: { module: "test", room: "x" }, ...close, closed: 1 },
    },
    {
      ...{ number: 4, ...who, action: "closeConnection" },
      details: { connection: id, module: "test", code: 4000, reason: "", dryRun: true },
    },
    { number: 3, ...who, action: "push", details: { error: "invalid_request" } },
    { number: 2, ...who, action: "push", details: { error: "unknown_module" } },
    {
      ...{ number: 1, ...who, action: "push" },
      details: { module: "test", to: { room: "x" }, delivered: 1, gone: 0 },
    },
  ]);
  expect(next).toBeUndefined();
  const lines = admin.lines.filter(({ text }) => text === "admin action");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toEqual({
    ...{ level: "info", text: "admin action", by: "admin", from: "127.0.0.1", action: "push" },
    details: { module: "test", to: { room: "x" }, delivered: 1, gone: 0 },
  });
  expect(JSON.stringify([admin.lines, entries])).not.toContain("4111");
});

test("is read in pages, the latest first", async () => {
  admin = await startAdminServer({});
  const push = { module: "test", to: { all: true }, message: 1 };
  for (let number = 0; number < 5; number += 1) await admin.ask("/push", { method: "POST", body: push });
  const numbers: number[][] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const page: { entries: { number: number }[]; next?: string } = await readAudit(
      `limit=2${cursor && `&cursor=${cursor}`}`,
    );
    numbers.push(page.entries.map(({ number }) => number));
    cursor = page.next;
  }
  expect(numbers).toEqual([[5, 4], [3, 2], [1]]);
  expect((await admin.ask("/audit?cursor=x")).status).toBe(400);
  expect((await admin.ask("/audit?limit=0")).status).toBe(400);
});

test.each([
  ["debug", "info"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "error"],
  ["panic", "fatal"],
] as const)("a log of level %s keeps the actions, as lines of level %s", (current, level) => {
  const log = recordingLogger();
  new AuditLog(log, { current }).add({ name: "ops", address: "::1", rights: [] }, "push", { delivered: 1 });
  expect(log.lines).toEqual([expect.objectContaining({ level, message: "admin action" })]);
});

describe("is bounded", () => {
  const caller = { name: "ops", address: "127.0.0.1", rights: [] };

  test("in number and in bytes, and forgets the oldest", () => {
    const audit = new AuditLog(recordingLogger(), undefined);
    for (let number = 0; number < 1_500; number += 1) audit.add(caller, "push", { number });
    const kept = audit.before(Number.MAX_SAFE_INTEGER, 2_000);
    expect(kept.map(({ number }) => number)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 1_500 - index),
    );
    for (let number = 0; number < 1_000; number += 1) audit.add(caller, "push", { room: "x".repeat(10_000) });
    expect(JSON.stringify(audit.before(Number.MAX_SAFE_INTEGER, 2_000)).length).toBeLessThan(1.1 * 2 ** 20);
    expect(audit.before(Number.MAX_SAFE_INTEGER, 1)[0]?.number).toBe(2_500);
  });

  test("in the lists of an entry", () => {
    const audit = new AuditLog(recordingLogger(), undefined);
    audit.add(caller, "push", { to: { ids: Array(10_000).fill("id") } });
    const [entry] = audit.before(2, 1);
    expect(entry?.details).toEqual({ to: { ids: [...Array(10).fill("id"), "and 9990 more"] } });
  });
});

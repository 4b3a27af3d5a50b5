import { afterEach, beforeEach, expect, test } from "vitest";
import { setEnvelope } from "wsgen-runtime";
import { type AdminServer, startAdminServer, token } from "./admin-client.js";

let admin: AdminServer;
beforeEach(async () => {
  admin = await startAdminServer({});
});
afterEach(() => admin.server.close());

const push = (body: object) => admin.ask("/push", { method: "POST", body });
const toEvent = (data: unknown) => ({ module: "test", to: { all: true }, event: "e", data });
const toAll = (message: unknown) => ({ module: "test", to: { all: true }, message });

test("several pushes have an answer each, and one that is not valid does not stop the others", async () => {
  const { client, id } = await admin.connect("room=x");
  const { status, body } = await push({
    pushes: [
      toAll(1),
      { ...toAll(2), module: "nope" },
      { module: "test", to: { al: true }, message: 3 },
      { module: "test", to: { ids: [id, "gone"] }, event: "e", data: { n: 4 } },
      null,
      { ...toAll(5), dryRun: true },
      toAll(6),
    ],
  });
  expect(status).toBe(200);
  const failure = (code: string) => ({ error: { code, message: expect.any(String) } });
  expect(body.results).toEqual([
    { delivered: 1, gone: [] },
    failure("unknown_module"),
    failure("invalid_request"),
    { delivered: 1, gone: ["gone"] },
    failure("invalid_request"),
    { dryRun: true, count: 1, ids: [id] },
    { delivered: 1, gone: [] },
  ]);
  expect([await client.next(), await client.next(), await client.next()]).toEqual([
    1,
    { event: "e", data: { n: 4 } },
    6,
  ]);
  // Each is an action of its own.
  expect((await admin.ask("/audit")).body.entries).toHaveLength(7);
});

test("dryRun of a push tells which connections would get it, and sends nothing", async () => {
  const { client, id } = await admin.connect("room=x");
  await admin.connect();
  const preview = { dryRun: true, count: 1, ids: [id] };
  const one = { module: "test", to: { room: "x" }, message: 1 };
  expect((await push({ ...one, dryRun: true })).body).toEqual(preview);
  expect((await push({ pushes: [one, one], dryRun: true })).body).toEqual({ results: [preview, preview] });
  expect((await push({ ...one, module: "nope", dryRun: true })).status).toBe(404);
  await push(toAll("real"));
  expect(await client.next()).toBe("real");
});

test("dryRun of a close tells which connections it would close, the first 10 by id, and closes none", async () => {
  const connected = [];
  for (let number = 0; number < 12; number += 1) connected.push(await admin.connect());
  const { body } = await admin.ask("/connections?module=test", { method: "DELETE", body: { dryRun: true } });
  expect(body).toEqual({ dryRun: true, count: 12, ids: connected.slice(0, 10).map(({ id }) => id) });
  const [first] = connected;
  const one = await admin.ask(`/connections/${first?.id}`, { method: "DELETE", body: { dryRun: true } });
  expect(one.body).toEqual({ dryRun: true, count: 1, ids: [first?.id] });
  expect((await admin.ask("/connections")).body.total).toBe(12);
});

test.each([
  [{ pushes: "x" }, "pushes must be a list of at most 100 pushes"],
  [{ pushes: Array(101).fill(toAll(1)) }, "at most 100"],
  [{ pushes: [], module: "test" }, 'Unknown name "module"'],
])("a batch such as %j is refused", async (body, message) => {
  expect(await push(body)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining(message) } },
  });
});

test("an item whose envelope throws fails alone, and is sent once with its key", async () => {
  await admin.server.close();
  const event = (name: string, data: unknown) => {
    if (data === "boom") throw new Error("no frame");
    return { event: name, data };
  };
  admin = await startAdminServer({ config: [setEnvelope({ event })] });
  const { client } = await admin.connect();
  const headers = { authorization: `Bearer ${token}`, "idempotency-key": "k" };
  const body = { pushes: [toAll("first"), { ...toEvent("boom") }, toAll("last")] };
  for (let time = 0; time < 2; time += 1) {
    const answer = await admin.ask("/push", { method: "POST", body, headers });
    expect(answer.status).toBe(200);
    expect(answer.body.results).toEqual([
      { delivered: 1, gone: [] },
      { error: { code: "failed", message: expect.any(String) } },
      { delivered: 1, gone: [] },
    ]);
  }
  expect([await client.next(), await client.next()]).toEqual(["first", "last"]);
  await admin.ask("/push", { method: "POST", body: toAll("end") });
  expect(await client.next()).toBe("end");
  const { entries } = (await admin.ask("/audit")).body;
  const outcomes = entries.map(
    ({ details }: { details: { delivered?: number } }) => details.delivered ?? "other",
  );
  // The end, the two that were sent, the one that failed, and the repetition.
  expect(outcomes.sort()).toEqual([1, 1, 1, "other", "other"]);
});

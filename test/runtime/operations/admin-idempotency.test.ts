import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { enableAdmin } from "wsgen-runtime";
import { IdempotencyKeys } from "../../../runtime/src/operations/admin-idempotency.js";
import { type AdminServer, startAdminServer, token } from "./admin-client.js";

describe("a push with an Idempotency-Key", () => {
  let admin: AdminServer;
  beforeEach(async () => {
    admin = await startAdminServer({});
  });
  afterEach(() => admin.server.close());

  const body = { module: "test", to: { all: true }, message: "once" };
  const push = (key: string, given: object = body) =>
    admin.ask("/push", {
      method: "POST",
      body: given,
      headers: { authorization: `Bearer ${token}`, "idempotency-key": key },
    });

  test("is sent once, and a repeated request gets the first answer", async () => {
    const { client } = await admin.connect();
    const first = await push("key-1");
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    await admin.connect();
    const second = await push("key-1");
    expect(second).toMatchObject({ status: 200, body: { delivered: 1, gone: [] } });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    // The form of the draft, a string in quotes, is the same key.
    expect((await push('"key-1"')).headers.get("idempotency-replayed")).toBe("true");
    await push("key-2", { ...body, message: "again" });
    expect([await client.next(), await client.next()]).toEqual(["once", "again"]);
    const { entries } = (await admin.ask("/audit")).body;
    const isRepeated = ({ details }: { details: { repeated?: true } }) => details.repeated === true;
    expect(entries.map(isRepeated)).toEqual([false, true, true, false]);
  });

  test("is refused with another body, and sends nothing", async () => {
    const { client } = await admin.connect();
    await push("key");
    const other = await push("key", { ...body, message: "other" });
    expect(other).toMatchObject({ status: 422, body: { error: { code: "idempotency_key_reused" } } });
    await push("next", { ...body, message: "next" });
    expect([await client.next(), await client.next()]).toEqual(["once", "next"]);
  });

  test("that failed may be corrected, with the same key", async () => {
    expect((await push("key", { ...body, module: "nope" })).status).toBe(404);
    expect((await push("key")).status).toBe(200);
  });

  test.each(["", "a b", "é", "x".repeat(256), '"a"b"'])("must not have the key %j", async (key) => {
    expect((await push(key)).status).toBe(400);
  });
});

test("each token has keys of its own", async () => {
  const tokens = [
    { name: "a", token, rights: ["push"] as const },
    { name: "b", token: `${token}=`, rights: ["push"] as const },
  ];
  await using admin = await startAdminServer({ config: [enableAdmin(0, { tokens })] });
  const { client } = await admin.connect();
  for (const each of tokens) {
    await admin.ask("/push", {
      method: "POST",
      body: { module: "test", to: { all: true }, message: each.name },
      headers: { authorization: `Bearer ${each.token}`, "idempotency-key": "same" },
    });
  }
  expect([await client.next(), await client.next()]).toEqual(["a", "b"]);
});

describe("the kept answers", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());
  const request = (key: string) => ({ caller: "ops", key, fingerprint: "f" });

  test("belong to requests that are done: one with the key of a running request is refused with 409", async () => {
    const keys = new IdempotencyKeys();
    let finish = (_answer: string) => {};
    const running = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const first = keys.once(request("k"), () => running);
    await expect(keys.once(request("k"), () => "never")).rejects.toMatchObject({
      ...{ status: 409, code: "request_in_progress" },
    });
    finish("done");
    expect(await first).toEqual({ answer: "done", isRepeated: false });
    expect(await keys.once(request("k"), () => "never")).toEqual({ answer: "done", isRepeated: true });
  });

  test("are forgotten after an hour", async () => {
    const keys = new IdempotencyKeys();
    await keys.once(request("k"), () => 1);
    vi.advanceTimersByTime(3_599_000);
    expect(await keys.once(request("k"), () => 2)).toEqual({ answer: 1, isRepeated: true });
    vi.advanceTimersByTime(2_000);
    expect(await keys.once(request("k"), () => 3)).toEqual({ answer: 3, isRepeated: false });
  });

  test("are at most 1,000 and 4 MiB, and the oldest is forgotten first", async () => {
    const keys = new IdempotencyKeys();
    for (let number = 0; number <= 1_000; number += 1) await keys.once(request(`k${number}`), () => number);
    expect((await keys.once(request("k1"), () => "new")).isRepeated).toBe(true);
    expect((await keys.once(request("k0"), () => "new")).isRepeated).toBe(false);
    const megabyte = "x".repeat(2 ** 20);
    for (let number = 0; number < 5; number += 1) await keys.once(request(`large${number}`), () => megabyte);
    expect((await keys.once(request("large4"), () => "new")).isRepeated).toBe(true);
    expect((await keys.once(request("large0"), () => "new")).isRepeated).toBe(false);
  });
});

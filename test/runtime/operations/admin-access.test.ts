import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../support/leak-check.js";
import { type AdminServer, startAdminServer, token } from "./admin-client.js";

let admin: AdminServer;
beforeEach(async () => {
  admin = await startAdminServer({ config: [] });
});
afterEach(() => admin.server.close());

describe("the token", () => {
  test.each([
    ["none", {}],
    ["an empty one", { authorization: "Bearer " }],
    ["its beginning", { authorization: `Bearer ${token.slice(0, -1)}` }],
    ["more than it", { authorization: `Bearer ${token}x` }],
    ["another scheme", { authorization: `Basic ${token}` }],
    ["a cookie", { cookie: `token=${token}` }],
  ])("is asked for: with %s the answer is 401", async (_, headers) => {
    for (const path of ["/modules", "/connections", "/nothing"]) {
      const { status, headers: answered, body } = await admin.ask(path, { headers });
      expect(status).toBe(401);
      expect(answered.get("www-authenticate")).toBe("Bearer");
      expect(body).toEqual({ error: { code: "unauthorized", message: expect.any(String) } });
    }
  });

  test("is not accepted in the query", async () => {
    expect((await admin.ask(`/modules?token=${token}`, { headers: {} })).status).toBe(401);
  });

  test("opens, with the scheme in any case, and is in no log line", async () => {
    expect((await admin.ask("/modules", { headers: { authorization: `bearer ${token}` } })).status).toBe(200);
    await admin.ask("/modules", { headers: { authorization: "Bearer wrong-but-secret-too" } });
    expect(admin.lines).toContainEqual({
      level: "warn",
      text: "refused",
      ...{ reason: "admin_token", decidedBy: "the tokens of the admin API" },
      ...{ remoteAddress: "127.0.0.1", found: "GET /modules" },
    });
    // A token at a wrong place.
    const path = `/${token.replaceAll("/", "%2F")}`;
    expect((await admin.ask(path, { headers: {} })).status).toBe(401);
    expect((await admin.ask(`/modules/${token.slice(0, 16)}`, { headers: {} })).status).toBe(401);
    expect(JSON.stringify(admin.lines)).not.toContain(token.slice(0, 12));
    expect(JSON.stringify(admin.lines)).not.toContain("wrong-but-secret-too");
  });

  test("is limited for an address, which the right one passes all the same", async () => {
    const wrong = { headers: { authorization: "Bearer wrong" } };
    const statuses: number[] = [];
    for (let number = 0; number < 15; number += 1) {
      statuses.push((await admin.ask("/modules", number % 2 === 0 ? wrong : { headers: {} })).status);
    }
    // On a slow machine one more attempt may have been earned meanwhile.
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(2);
    const limited = await admin.ask("/modules?token=secret", wrong);
    expect(limited).toMatchObject({ status: 429, body: { error: { code: "too_many_failures" } } });
    expect(limited.headers.get("retry-after")).toBe("6");
    expect((await admin.ask("/modules")).status).toBe(200);
    expect((await admin.ask("/healthz", { headers: {} })).status).toBe(200);
    expect(JSON.stringify(admin.lines)).not.toContain("secret");
  });
});

describe("an answer", () => {
  const requests: [string, { method?: string; body?: unknown; headers?: Record<string, string> }][] = [
    ["/modules", {}],
    ["/healthz", { headers: {} }],
    ["/readyz", { headers: {} }],
    ["/nothing", {}],
    ["/modules", { method: "POST", body: {} }],
    ["/modules", { headers: {} }],
  ];
  test.each(requests)(
    "of %s %j is JSON, kept by nobody and open to no other origin",
    async (path, request) => {
      const { headers, body } = await admin.ask(path, request);
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("set-cookie")).toBeNull();
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(body).toBeTypeOf("object");
    },
  );

  test.each([
    ["GET", "/", 404, "not_found"],
    ["GET", "/constructor", 404, "not_found"],
    ["GET", "/connections/nobody", 404, "unknown_connection"],
    ["GET", "/connections/%", 404, "unknown_connection"],
    ["POST", "/modules", 405, "method_not_allowed"],
    ["OPTIONS", "/modules", 405, "method_not_allowed"],
    ["PUT", "/connections", 405, "method_not_allowed"],
    ["GET", "/push", 405, "method_not_allowed"],
    ["POST", "/healthz", 405, "method_not_allowed"],
  ])("to %s %s is %i %s", async (method, path, status, code) => {
    const answer = await admin.ask(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toEqual({ code, message: expect.any(String) });
    if (status === 405) expect(answer.headers.get("allow")).toBeTruthy();
  });

  test("names the allowed methods", async () => {
    const { headers } = await admin.ask("/connections", { method: "PUT" });
    expect(headers.get("allow")).toBe("HEAD, GET, DELETE, PATCH");
  });

  test.each(["http://[/", "//", "/%"])("to the target %s is an answer too", async (target) => {
    const socket = connect({ port: admin.server.serve.admin?.port ?? 0, host: "127.0.0.1" });
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04] .*\r\n\r\n\{"error":\{/s);
    expect(admin.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("a body", () => {
  const push = (body: unknown, headers: Record<string, string> = {}) =>
    admin.ask("/push", { method: "POST", body, headers: { authorization: `Bearer ${token}`, ...headers } });

  test.each([
    ["no JSON", "{", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["nested too deep", `${'{"message":'.repeat(65)}1${"}".repeat(65)}`, 400],
    ["too large", JSON.stringify({ message: "x".repeat(2 ** 20) }), 413],
  ])("that is %s is refused", async (_, body, status) => {
    const answer = await push(body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toEqual(expect.any(String));
  });

  test("of another type is refused, so that a form of another page never counts", async () => {
    expect((await push("{}", { "content-type": "text/plain" })).status).toBe(415);
    expect((await push("{}", { "content-encoding": "gzip" })).status).toBe(415);
  });

  test("that never comes to its end is dropped with the connection", async () => {
    admin.lines.length = 0;
    const socket = connect({ port: admin.server.serve.admin?.port ?? 0, host: "127.0.0.1" });
    socket.write(
      `POST /push HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await once(socket, "connect");
    socket.end();
    await eventually(
      () => admin.lines.some(({ code }) => code === "broken_off"),
      () => JSON.stringify(admin.lines),
    );
    expect(admin.lines.filter(({ level }) => level === "error")).toEqual([]);
    socket.destroy();
  });
});

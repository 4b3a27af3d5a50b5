import { afterEach, describe, expect, test } from "vitest";
import {
  type HandshakeChecks,
  type SetWSServerConfig,
  setAllowedOrigins,
  setHandshakeChecks,
  setLogger,
  setMaxConnections,
  setMaxHeaderSize,
  setRefusal,
  use,
} from "wsgen-runtime";
import { type ConnectOptions, connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import type { ValidationProblem } from "wsgen-runtime/validation";
import { defineModule, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer;
afterEach(() => server?.close());

const problem = (pointer: string, rule: string): ValidationProblem => ({
  pointer,
  rule,
  message: `must ${rule}`,
});

/** Accepts values of these types, and no other field. */
const typed = (types: Readonly<Record<string, string>>) => (value: unknown) => {
  const problems = Object.entries(value as object).flatMap(([name, each]) => {
    if (types[name] === undefined) return [problem(`/${name}`, "additionalProperties")];
    const type = Array.isArray(each) ? `${typeof each[0]}[]` : typeof each;
    return type === types[name] ? [] : [problem(`/${name}`, `be ${types[name]}`)];
  });
  return problems.length === 0 ? undefined : problems;
};

const query: HandshakeChecks = {
  query: {
    check: typed({ page: "number", isLive: "boolean", tags: "string[]", name: "string", sort: "string" }),
    fields: {
      page: { type: "number", default: 1 },
      isLive: { type: "boolean" },
      tags: { type: "string", isList: true },
    },
  },
};

let connects: number;

/** A module whose `connect` sends what it has found. */
async function start(checks: HandshakeChecks, ...config: SetWSServerConfig[]): Promise<void> {
  connects = 0;
  server = await startModules(
    defineModule({
      urls: ["ws", "rooms/:room"],
      commands: [ping],
      config: [setHandshakeChecks(checks), ...config],
      connect(ctx) {
        connects += 1;
        ctx.send([ctx.params, ctx.query, ctx.headers["x-limit"], ctx.cookies]);
      },
    }),
  );
}

async function greeting(path: string, options: ConnectOptions = {}): Promise<unknown> {
  await using client = await connectClient(server.url(path), options);
  return client.next();
}

describe.each([
  ["past Koa", []],
  ["through Koa", [use((_ctx, next) => next())]],
])("setHandshakeChecks, %s", (_way, config) => {
  test.each([
    { given: "", want: { page: 1 } },
    { given: "?page=2", want: { page: 2 } },
    { given: "?page=-2.5e1", want: { page: -25 } },
    { given: "?page=9007199254740991", want: { page: 9007199254740991 } },
    { given: "?page=1e21", want: { page: 1e21 } },
    { given: "?isLive=true", want: { page: 1, isLive: true } },
    { given: "?isLive=false", want: { page: 1, isLive: false } },
    { given: "?tags=a", want: { page: 1, tags: ["a"] } },
    { given: "?tags=a&tags=b%20c", want: { page: 1, tags: ["a", "b c"] } },
    { given: "?name=7", want: { page: 1, name: "7" } },
    { given: "?sort=", want: { page: 1, sort: "" } },
  ])("the query $given becomes $want", async ({ given, want }) => {
    await start(query, ...config);
    expect(await greeting(`/test/ws${given}`)).toEqual([{}, want, null, {}]);
  });

  test.each([
    { given: "?page=two", pointers: ["/query/page"] },
    { given: "?page=", pointers: ["/query/page"] },
    { given: "?page=0x10", pointers: ["/query/page"] },
    { given: "?page=1&page=2", pointers: ["/query/page"] },
    { given: "?page=9007199254740993", pointers: ["/query/page"] },
    { given: "?page=-9007199254740993", pointers: ["/query/page"] },
    { given: "?page=1e999", pointers: ["/query/page"] },
    { given: "?isLive=1&page=%20", pointers: ["/query/isLive", "/query/page"] },
    { given: "?name=a&name=b", pointers: ["/query/name"] },
    { given: "?constructor=a", pointers: ["/query/constructor"] },
    { given: "?__proto__=a", pointers: ["/query/__proto__"] },
  ])("the query $given is refused with 400 and every problem", async ({ given, pointers }) => {
    await start(query, ...config);
    const refused = await connectClient(server.url(`/test/ws${given}`)).catch((error) => error);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
    const found = refused.body.error.details.map(({ pointer }: ValidationProblem) => pointer);
    expect(found.sort()).toEqual(pointers.sort());
    expect(connects).toBe(0);
  });
});

test("setHandshakeChecks: parameters, headers and cookies are converted, too; the others stay as they are", async () => {
  const any = () => undefined;
  await start({
    params: { check: any, fields: { room: { type: "number" } } },
    headers: { check: any, fields: { "x-limit": { type: "number" } } },
    cookies: { check: any, fields: { dark: { type: "boolean" } } },
  });
  const headers = { "x-limit": "12", cookie: 'dark=true; name="a%20b"; dark=false; x; bad=%E0%A4%A' };
  expect(await greeting("/test/rooms/7", { headers })).toEqual([
    { room: 7 },
    {},
    12,
    { dark: true, name: "a b", bad: "%E0%A4%A" },
  ]);
});

test("ctx.cookies: without a check they are the header's", async () => {
  await start({});
  const headers = { cookie: "one=1; __proto__=2; one=3" };
  const [, , , cookies] = (await greeting("/test/ws", { headers })) as unknown[];
  expect(Object.entries(cookies as object)).toEqual([
    ["one", "1"],
    ["__proto__", "2"],
  ]);
});

test("setHandshakeChecks, refusing by a close: the problems are sent, and the connection closes with 1008", async () => {
  await start(query, setRefusal("close"));
  await using client = await connectClient(server.url("/test/ws?page=two"));
  expect(await client.next()).toMatchObject({
    error: { code: "invalid_request", details: [{ pointer: "/query/page" }] },
  });
  expect(await client.closed).toMatchObject({ code: 1008 });
});

test("setHandshakeChecks: a refusal is one line of the log, and takes no place of setMaxConnections", async () => {
  const logger = recordingLogger();
  await start(query, setMaxConnections(1), setLogger(logger));
  for (let attempt = 0; attempt < 3; attempt++)
    await expect(greeting("/test/ws?page=two")).rejects.toMatchObject({ status: 400 });
  expect(await greeting("/test/ws?page=2")).toEqual([{}, { page: 2 }, null, {}]);
  const lines = logger.lines.filter(
    ({ fields }) => "decidedBy" in fields && fields.decidedBy === "setHandshakeChecks",
  );
  expect(lines).toMatchObject([{ level: "info", fields: { reason: "handshake_invalid" } }]);
});

test("setHandshakeChecks: each call adds checks of parts", async () => {
  await start(query, setHandshakeChecks({ cookies: { check: typed({ token: "string" }), fields: {} } }));
  await expect(greeting("/test/ws?page=two", { headers: { cookie: "other=1" } })).rejects.toMatchObject({
    body: { error: { details: [{ pointer: "/query/page" }, { pointer: "/cookies/other" }] } },
  });
});

test("setHandshakeChecks: a default is not shared by connections", async () => {
  const fields = { tags: { type: "string", isList: true, default: [] as string[] } } as const;
  server = await startModules(
    defineModule({
      config: [setHandshakeChecks({ query: { check: () => undefined, fields } })],
      connect(ctx) {
        const { tags } = ctx.query as unknown as { tags: string[] };
        tags.push("mine");
        ctx.send(tags);
      },
    }),
  );
  expect(await greeting("/test/ws")).toEqual(["mine"]);
  expect(await greeting("/test/ws")).toEqual(["mine"]);
});

test.each([{ given: "?page=1" }, { given: "?page=two" }])(
  "setHandshakeChecks: an origin that is not allowed learns nothing of the values in $given",
  async ({ given }) => {
    await start(query, setAllowedOrigins(["https://example.org"]), setRefusal("close"));
    await using client = await connectClient(server.url(`/test/ws${given}`), {
      headers: { origin: "https://evil.example" },
    });
    expect(await client.next()).toEqual({
      error: { code: "origin_not_allowed", message: "The origin is not allowed." },
    });
  },
);

test("setHandshakeChecks: a query of 150,000 names and 50,000 values of one is read in linear time", async () => {
  const names = Array.from({ length: 150_000 }, (_, index) => index.toString(36));
  const seen: Record<string, unknown>[] = [];
  const check = (value: unknown) => {
    seen.push(value as Record<string, unknown>);
    return [problem("", "have fewer properties")];
  };
  await start({ query: { check, fields: {} } }, setMaxHeaderSize(1 << 20));
  await expect(greeting(`/test/ws?${names.join("&")}${"&0".repeat(50_000)}`)).rejects.toMatchObject({
    status: 400,
  });
  expect(Object.keys(seen[0] ?? {})).toHaveLength(150_000);
  expect(seen[0]?.["0"]).toHaveLength(50_001);
});

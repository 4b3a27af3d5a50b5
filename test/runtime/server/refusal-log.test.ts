import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type SetWSServerConfig,
  setCommandRate,
  setLogger,
  setMaxConnections,
  setMaxConnectionsPerAddress,
  setMaxMessageSize,
  setMode,
  setTrustProxy,
  use,
  WebsocketError,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { RefusalLog } from "../../../runtime/src/logging/refusal-log.js";
import { defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { type RecordingLogger, recordingLogger } from "../support/recording-logger.js";
import { exchange, type RequestParts } from "./http-exchange.js";

let server: TestServer;

async function start(definition: ModuleDefinition, ...config: SetWSServerConfig[]) {
  const logger = recordingLogger();
  server = await startModules(
    defineModule({
      commands: [ping],
      ...definition,
      config: [setMode("product"), setLogger(logger), ...config],
    }),
  );
  return { logger, url: server.url("/test/ws") };
}

const refusals = ({ lines }: RecordingLogger) => lines.filter(({ message }) => message === "refused");

describe("a refusal is one line of the log, with what was found and what decides it", () => {
  afterEach(() => server.close());

  test.each<[string, ModuleDefinition, SetWSServerConfig[], RequestParts, object]>([
    [
      "of an origin",
      {},
      [],
      { headers: { Origin: "https://else.where", Host: "here" } },
      {
        reason: "origin_not_allowed",
        found: "origin https://else.where, host here",
        decidedBy: expect.stringContaining("setAllowedOrigins"),
      },
    ],
    [
      "of connect",
      { connect: () => new WebsocketError("no_seat", `All taken.${"x".repeat(500)}`) },
      [],
      {},
      {
        reason: "connect_refused",
        decidedBy: "connect",
        found: expect.stringMatching(/^no_seat: All taken\.x{109}$/),
      },
    ],
    [
      "of a version",
      {},
      [],
      { headers: { "Sec-WebSocket-Version": "8" } },
      {
        reason: "handshake_failed",
        decidedBy: expect.stringContaining("RFC 6455"),
        found: "426 to GET /test/ws",
      },
    ],
    [
      "of a path",
      {},
      [],
      { line: "GET /nope HTTP/1.1" },
      { reason: "handshake_failed", decidedBy: "routes and middlewares", found: "404 to GET /nope" },
    ],
    [
      "of a middleware",
      {},
      [
        use((ctx) => {
          ctx.status = 401;
        }),
      ],
      {},
      { reason: "handshake_failed", decidedBy: "routes and middlewares", found: "401 to GET /test/ws" },
    ],
  ])("%s", async (_what, definition, config, parts, fields) => {
    const { logger, url } = await start(definition, ...config);
    expect(await exchange(url, parts)).toMatch(/^HTTP\/1\.1 4/);
    expect(refusals(logger)).toMatchObject([
      { level: "info", fields: { remoteAddress: "127.0.0.1", ...fields } },
    ]);
  });

  test.each([
    ["in all", setMaxConnections(1), "too_many_connections", "setMaxConnections"],
    [
      "per address",
      setMaxConnectionsPerAddress(1),
      "too_many_connections_of_address",
      "setMaxConnectionsPerAddress",
    ],
  ])("of too many connections %s", async (_what, option, reason, decidedBy) => {
    const { logger, url } = await start({}, option);
    await connectClient(url);
    await expect(connectClient(url)).rejects.toThrow();
    expect(refusals(logger)).toMatchObject([{ level: "info", fields: { reason, decidedBy, found: 1 } }]);
  });

  test("of a message that is too big", async () => {
    const { logger, url } = await start({}, setMaxMessageSize(100));
    const client = await connectClient(url);
    client.send("x".repeat(101));
    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(refusals(logger)).toMatchObject([
      { level: "info", fields: { reason: "message_too_big", decidedBy: "setMaxMessageSize" } },
    ]);
  });

  test("of commands that come too fast", async () => {
    const { logger, url } = await start({}, setCommandRate({ perSecond: 0.001, burst: 1 }));
    const client = await connectClient(url);
    await client.request("ping");
    await expect(client.request("ping")).rejects.toMatchObject({ code: "rate_limited" });
    expect(refusals(logger)).toMatchObject([
      { level: "info", fields: { reason: "too_many_commands", decidedBy: "setCommandRate" } },
    ]);
  });
});

describe("behind a trusted proxy", () => {
  afterEach(() => server.close());

  test("setTrustProxy: the forwarded host counts for the origin, and without trust it does not", async () => {
    const headers = {
      Origin: "https://chat.example",
      Host: "backend:8080",
      "X-Forwarded-Host": "chat.example",
    };
    const { url } = await start({}, setTrustProxy(1));
    await (await connectClient(url, { headers })).close();
    await server.close();
    const careful = await start({});
    await expect(connectClient(careful.url, { headers })).rejects.toMatchObject({ status: 403 });
  });

  test("another port of the same address does not evade the limit per address", async () => {
    const { url } = await start({}, setTrustProxy(1), setMaxConnectionsPerAddress(1));
    const from = (address: string) => connectClient(url, { headers: { "X-Forwarded-For": address } });
    await from("203.0.113.7:50001");
    await expect(from("203.0.113.7:50002")).rejects.toMatchObject({ status: 429 });
    await from("[2001:db8::1]:443");
    await expect(from("2001:db8::2")).rejects.toMatchObject({ status: 429 });
  });
});

test("a value of the client is cut, and its control characters are escaped", () => {
  const logger = recordingLogger();
  const log = new RefusalLog(logger, "warn");
  log.note("path", { decidedBy: "it", found: `\x1b[2J\r\n\x9b1m\u202e\u2028\ud800é😀${"x".repeat(1_000)}` });
  expect(logger.lines).toMatchObject([
    {
      level: "warn",
      fields: {
        found: `\\u{1b}[2J\\u{d}\\u{a}\\u{9b}1m\\u{202e}\\u{2028}\\u{d800}é😀${"x".repeat(113)}`,
      },
    },
  ]);
});

test("of many refusals for one reason the first is written at once, then the last of each second with the number left out", () => {
  vi.useFakeTimers();
  try {
    const logger = recordingLogger();
    const log = new RefusalLog(logger);
    for (let found = 1; found <= 1_000; found += 1) log.note("origin", { decidedBy: "it", found });
    log.note("rate", { decidedBy: "it" });
    vi.advanceTimersByTime(1_000);
    log.note("origin", { decidedBy: "it", found: 1_001 });
    vi.advanceTimersByTime(5_000);
    expect(vi.getTimerCount()).toBe(0);
    log.note("origin", { decidedBy: "it", found: 1_002 });
    expect(logger.lines.map(({ fields }) => fields)).toEqual([
      { reason: "origin", decidedBy: "it", found: 1 },
      { reason: "rate", decidedBy: "it" },
      { reason: "origin", decidedBy: "it", found: 1_000, omitted: 998 },
      { reason: "origin", decidedBy: "it", found: 1_001 },
      { reason: "origin", decidedBy: "it", found: 1_002 },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

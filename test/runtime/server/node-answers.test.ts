// What Node answers before a request comes to us: its answers stay as they are, and the log says why they were given.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { setHandshakeTimeout, setLogger, setMaxHeaderSize, setMode, setTls } from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineModule, ping } from "../serve/define-module.js";
import { eventually } from "../support/leak-check.js";
import { recordingLogger } from "../support/recording-logger.js";
import { dial, formatRequest } from "./http-exchange.js";

const certificate = (name: string) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
const pair = { certFile: certificate("cert"), keyFile: certificate("key") };
// Long enough for a busy machine: until its first byte is read, a client has this long.
const timeoutS = 0.5;

async function start() {
  const logger = recordingLogger();
  const config = [
    setMode("product"),
    setLogger(logger),
    setHandshakeTimeout(timeoutS),
    setMaxHeaderSize(1_024),
  ];
  const server = await startModules(
    defineModule({ commands: [ping], config }),
    defineModule({ flag: "safe", port: 10_100, commands: [ping], config: [...config, setTls(pair)] }),
  );
  const refusals = () => logger.lines.filter(({ message }) => message === "refused");
  return { server, refusals };
}

/** A server of Node's own with the same limits. */
async function startBare() {
  const server = createServer(
    { headersTimeout: timeoutS * 1_000, connectionsCheckingInterval: 50, maxHeaderSize: 1_024 },
    () => {},
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}

async function send(url: string, bytes: string, isLast: boolean): Promise<string> {
  const socket = await dial(url);
  socket.on("error", () => {});
  if (isLast) socket.end(bytes, "latin1");
  else socket.write(bytes, "latin1");
  return text(socket);
}

const chunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("a request that Node refuses by itself gets Node's answer, and the log has a line", () => {
  test.each<[string, string, object, isLast?: boolean]>([
    [
      "with a method that does not exist",
      "GTE /secret HTTP/1.1\r\nHost: a\r\nCookie: secret\r\n\r\n",
      {
        reason: "bad_request",
        decidedBy: "RFC 9112",
        found: expect.stringMatching(/^400: .*GTE \/secret HTTP/),
      },
    ],
    [
      "with another version",
      "GET / HTTP/3.7\r\n\r\n",
      { reason: "bad_request", found: expect.stringMatching(/^400: .* in GET \/ HTTP\/3\.7$/) },
    ],
    [
      "that is the beginning of TLS",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x9b",
      { reason: "bad_request", found: expect.stringContaining("\\u{16}\\u{3}\\u{1}") },
    ],
    [
      "with NUL in a header, and nothing of its headers is in the log",
      "GET / HTTP/1.1\r\nHost: a\r\nCookie: sec\0ret\r\n\r\n",
      { reason: "bad_request", found: expect.not.stringContaining("sec") },
    ],
    [
      "with two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      { reason: "bad_request", found: expect.stringMatching(/^400: /) },
    ],
    [
      "with a length and chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      { reason: "bad_request", found: expect.stringMatching(/^400: /) },
    ],
    [
      "that ends in the middle",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Le",
      { reason: "bad_request", found: expect.stringMatching(/^400: /) },
      true,
    ],
    [
      "whose head is too large",
      formatRequest({ headers: { "X-Large": "x".repeat(2_000) } }),
      { reason: "head_too_large", decidedBy: "setMaxHeaderSize", found: expect.stringMatching(/^431: /) },
    ],
    [
      "whose chunk extensions are too large",
      `${chunkedHead}1;${"x".repeat(17_000)}\r\na\r\n0\r\n\r\n`,
      { reason: "chunk_extensions_too_large", found: expect.stringMatching(/^413: /) },
    ],
    [
      "whose head is too slow",
      "GET / HTTP/1.1\r\nHost:",
      {
        reason: "request_too_slow",
        decidedBy: expect.stringContaining("setHandshakeTimeout"),
        found: expect.stringMatching(/^408: /),
      },
    ],
  ])("%s", async (_title, bytes, fields, isLast = false) => {
    await using bare = await startBare();
    const { server, refusals } = await start();
    await using _ = server;
    const answer = await send(server.url("/test/ws"), bytes, isLast);
    expect(answer).toBe(await send(bare.url, bytes, isLast));
    expect(answer).toMatch(/^HTTP\/1\.1 4/);
    expect(refusals()).toMatchObject([{ level: "info", fields: { remoteAddress: "127.0.0.1", ...fields } }]);
    const [{ fields: { found = "" } = {} } = {}] = refusals() as { fields?: { found?: string } }[];
    expect(found).not.toMatch(/\p{C}/u);
    await expectHealthy(server.url("/test/ws"));
  });

  test("without TLS on a port with TLS, or that never ends its TLS handshake", async () => {
    const { server, refusals } = await start();
    await using _ = server;
    const url = server.url("/safe/ws");
    const withoutTls = url.replace("wss:", "ws:");
    expect(await send(withoutTls, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false)).not.toContain("HTTP");
    await eventually(
      () => refusals().length === 1,
      () => "no line",
    );
    expect(refusals()).toMatchObject([
      { fields: { reason: "tls_failed", decidedBy: "setTls", found: "ERR_SSL_HTTP_REQUEST" } },
    ]);
    expect(await send(withoutTls, "\x16\x03\x01", false)).toBe("");
    await eventually(
      () => refusals().length === 2,
      () => "no line",
    );
    expect(refusals()[1]).toMatchObject({ fields: { decidedBy: "setHandshakeTimeout" } });
    await expectHealthy(url);
  });
});

test("a client that leaves is not refused", async () => {
  const { server, refusals } = await start();
  await using _ = server;
  const plain = await dial(server.url("/test/ws"));
  plain.write("GET /test/ws HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(plain, "data");
  plain.resetAndDestroy();
  const silent = await dial(server.url("/safe/ws").replace("wss:", "ws:"));
  silent.write("\x16\x03\x01", "latin1");
  silent.destroy();
  const safe = connect({ port: Number(new URL(server.url("/safe/ws")).port), rejectUnauthorized: false });
  await once(safe, "secureConnect");
  safe.destroy();
  await expectHealthy(server.url("/safe/ws"));
  expect(refusals()).toEqual([]);
});

async function expectHealthy(url: string): Promise<void> {
  await using client = await connectClient(url, { ca: readFileSync(pair.certFile) });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
}

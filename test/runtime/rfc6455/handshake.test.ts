import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setHttpRoutes } from "wsgen-runtime";
import { exchange, type RequestParts } from "../server/http-exchange.js";
import { command } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

let target: TargetServer;
beforeAll(async () => {
  const routes = setHttpRoutes((router) => {
    router.get("/hello", (ctx) => {
      ctx.body = "hello";
    });
  });
  target = await startTarget({ urls: ["ws", "rooms/:room", "files/*path"], config: [routes] });
});
afterAll(() => target.close());
afterEach(() => target.expectUnharmed());

const headers = (replaced: RequestParts["headers"]): RequestParts => (replaced ? { headers: replaced } : {});
const line = (text: string): RequestParts => ({ line: text });

describe("a handshake that is wrong is answered, and its socket closed", () => {
  test.each<[string, RequestParts, number]>([
    ["version 0", headers({ "Sec-WebSocket-Version": "0" }), 426],
    ["version 8", headers({ "Sec-WebSocket-Version": "8" }), 426],
    ["version 14", headers({ "Sec-WebSocket-Version": "14" }), 426],
    ["version 13, twice", headers({ "Sec-WebSocket-Version": ["13", "13"] }), 426],
    ["a version that is no number", headers({ "Sec-WebSocket-Version": "13, 8" }), 426],
    ["no version", headers({ "Sec-WebSocket-Version": undefined }), 426],
    ["no key", headers({ "Sec-WebSocket-Key": undefined }), 400],
    ["an empty key", headers({ "Sec-WebSocket-Key": "" }), 400],
    ["a key of 15 bytes", headers({ "Sec-WebSocket-Key": Buffer.alloc(15).toString("base64") }), 400],
    ["a key of 17 bytes", headers({ "Sec-WebSocket-Key": Buffer.alloc(17).toString("base64") }), 400],
    ["a key that is no base64", headers({ "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }), 400],
    [
      "two keys",
      headers({ "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="] }),
      400,
    ],
    ["no Host", headers({ Host: undefined }), 400],
    ["two Hosts", headers({ Host: ["localhost", "localhost"] }), 400],
    ["HTTP/1.0", line("GET /test/ws HTTP/1.0"), 400],
    ["POST", line("POST /test/ws HTTP/1.1"), 405],
    ["HEAD", line("HEAD /test/ws HTTP/1.1"), 405],
    ["a body by length", headers({ "Content-Length": "5" }), 400],
    ["a body in chunks", headers({ "Transfer-Encoding": "chunked" }), 400],
    ["an unknown path", line("GET /nope HTTP/1.1"), 404],
    ["an unknown path of the module", line("GET /test/nope HTTP/1.1"), 404],
    ["an HTTP route", line("GET /test/hello HTTP/1.1"), 200],
    ["no path", line("GET / HTTP/1.1"), 404],
    ["a path of two slashes", line("GET // HTTP/1.1"), 404],
    ["a host in the place of a path", line("GET //evil.example/test/ws HTTP/1.1"), 404],
    ["a percent sign alone", line("GET /% HTTP/1.1"), 404],
    ["a percent sign alone in a parameter", line("GET /test/rooms/% HTTP/1.1"), 400],
    ["bytes that are not UTF-8 in a parameter", line("GET /test/rooms/%ff HTTP/1.1"), 400],
    ["bytes that are not UTF-8 in the rest of a path", line("GET /test/files/a/%c3%28 HTTP/1.1"), 400],
    ["an asterisk", line("GET * HTTP/1.1"), 404],
    ["an absolute URL of an unknown path", line("GET http://localhost/nope HTTP/1.1"), 404],
    ["an absolute URL that is none", line("GET http://[/test/ws HTTP/1.1"), 400],
    [
      "an absolute URL that is none, in a plain request",
      { line: "GET http://[/test/ws HTTP/1.1", headers: { Upgrade: undefined, Connection: "close" } },
      400,
    ],
    ["another protocol", headers({ Upgrade: "h2c" }), 426],
    ["another protocol on an unknown path", { line: "GET /nope HTTP/1.1", headers: { Upgrade: "h2c" } }, 404],
    ["an empty list of subprotocols", headers({ "Sec-WebSocket-Protocol": "" }), 400],
    ["a subprotocol twice", headers({ "Sec-WebSocket-Protocol": "a, a" }), 400],
    ["a line that is no HTTP", line("HELLO"), 400],
    ["CONNECT", line("CONNECT localhost:80 HTTP/1.1"), 0],
    ["setMaxHeaderSize: a header that is too large", headers({ "X-Large": "x".repeat(20_000) }), 431],
    ["9,000 headers", headers({ X: Array.from({ length: 9_000 }, () => "y") }), 431],
    ["a path that is too long", line(`GET /test/ws?${"x".repeat(20_000)} HTTP/1.1`), 431],
    ["a NUL in a header", headers({ "X-Nul": "a\0b" }), 400],
  ])("%s", async (_title, parts, status) => {
    const answer = await exchange(target.url, parts);
    if (status === 0) expect(answer).toBe("");
    else expect(answer.split("\r\n")[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 426 && !answer.includes("upgrade_required")) {
      expect(answer).toContain("\r\nSec-WebSocket-Version: 13\r\n");
    }
    expect(answer).not.toMatch(/\n\s+at |node_modules/);
  });

  test("a plain GET on a WebSocket route gets 426", async () => {
    const url = target.url.replace("ws:", "http:");
    for (const method of ["GET", "HEAD"]) {
      const response = await fetch(url, { method, headers: { Connection: "close" } });
      expect(response.status).toBe(426);
      expect(response.headers.get("upgrade")).toBe("websocket");
      await response.arrayBuffer();
    }
  });

  test("Connection without Upgrade is a plain request", async () => {
    expect(await exchange(target.url, headers({ Connection: "close" }))).toMatch(/^HTTP\/1\.1 426 /);
  });
});

describe("a handshake that looks odd and is right is taken", () => {
  test.each<[string, RequestParts]>([
    ["an absolute URL", line("GET http://localhost/test/ws HTTP/1.1")],
    ["an absolute URL of another host", line("GET http://evil.example/test/ws HTTP/1.1")],
    ["a slash at the end", line("GET /test/ws/ HTTP/1.1")],
    ["a percent-encoded path", line("GET /t%65st/%77s HTTP/1.1")],
    ["a query that cannot be decoded", line("GET /test/ws?a=%&b=%ff&&= HTTP/1.1")],
    ["a name of the prototype in a parameter", line("GET /test/rooms/__proto__ HTTP/1.1")],
    ["Upgrade in capitals", headers({ Upgrade: "WEBSOCKET" })],
    ["a list in Connection", headers({ Connection: "keep-alive, Upgrade" })],
    ["names of headers in lower case", headers({ Upgrade: undefined, upgrade: "websocket" })],
    ["an extension that nobody knows", headers({ "Sec-WebSocket-Extensions": "x-unknown; a=1" })],
    ["a subprotocol that the module does not speak", headers({ "Sec-WebSocket-Protocol": "other" })],
    ["a version 13 beside a body of no bytes", headers({ "Content-Length": "0" })],
    ["800 headers", headers({ X: Array.from({ length: 800 }, () => "y") })],
  ])("%s", async (_title, parts) => {
    const client = await RawClient.open(target.url, parts);
    client.send(command("ping"));
    expect(await client.nextMessage()).toEqual({ ping: "pong" });
    client.reset();
  });

  test("a request that comes byte by byte", async () => {
    const client = new RawClient(target.url);
    client.socket.setNoDelay(true);
    const { formatRequest } = await import("../server/http-exchange.js");
    for (const byte of formatRequest({})) {
      await new Promise((written) => client.socket.write(byte, written));
    }
    client.send(command("ping"));
    expect(await client.nextMessage()).toEqual({ ping: "pong" });
    client.reset();
  });
});

import { formatRequest } from "../server/http-exchange.js";
import type { Random } from "./random.js";

const key = "dGhlIHNhbXBsZSBub25jZQ==";

/** Headers with values that are right, nearly right and wrong. */
const headers: Readonly<Record<string, readonly (string | string[] | undefined)[]>> = {
  Host: ["localhost", undefined, "", ["a", "b"], "evil.example:99999", "[::1", "\u00ff"],
  Connection: ["Upgrade", undefined, "close", "keep-alive, upgrade", "Upgrade, Upgrade", "\t"],
  Upgrade: ["websocket", undefined, "WebSocket", "h2c", "websocket, h2c", "websocket/13"],
  "Sec-WebSocket-Version": ["13", undefined, "8", "0", "13, 8", ["13", "13"], "1e1", "-13"],
  "Sec-WebSocket-Key": [key, undefined, "", "x", [key, key], `${key} `, "=".repeat(24), "/".repeat(22)],
  "Sec-WebSocket-Protocol": [undefined, "", ",", "a,a", "a b", "x".repeat(3_000), '"q"', "__proto__"],
  "Sec-WebSocket-Extensions": [
    undefined,
    "permessage-deflate",
    "permessage-deflate; server_max_window_bits=8; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=99",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    "permessage-deflate;;",
    "permessage-deflate, ".repeat(200),
    'x; y="\\"',
    "__proto__; constructor=1",
  ],
  Origin: [undefined, "null", "http://localhost", "http://evil.example", "http://[", "file://"],
  "Content-Length": [undefined, "0", "5", "-1", "99999999999999999999", ["1", "2"]],
  "Transfer-Encoding": [undefined, "chunked", "gzip, chunked", "identity"],
  Expect: [undefined, "100-continue", "200-ok"],
  "X-Forwarded-For": [undefined, "1.2.3.4", ",".repeat(500), "x".repeat(900)],
  Cookie: [undefined, "a=b; __proto__=c", ";".repeat(900)],
};

const methods = ["GET", "POST", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "PRI", "", "G\0T"];
const versions = ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1 x", "", "HTTPS/1.1"];
const paths = [
  "/test/ws",
  "/zip/ws",
  "/raw/ws",
  "/test/rooms/a%20b",
  "/test/rooms/%ff",
  "/test/rooms/%",
  "/test/rooms/__proto__",
  "/test/files/a/../../b",
  "/test/files//",
  "/test/ws?refuse",
  "/test/ws?wait",
  "/test/ws?%=%&a[b]=c",
  "/test//ws",
  "/test",
  "//",
  "/%",
  "/",
  "*",
  "",
  "http://localhost/test/ws",
  "http://[/test/ws",
  "http:///test/ws",
  "ws://localhost/test/ws",
  "/test/ws#x",
  "/test/ws\\..\\",
  `/${"x".repeat(20_000)}`,
];

/** An opening handshake with a few things that are odd or wrong. */
export function makeHandshake(random: Random): Buffer {
  const chosen: Record<string, string | string[] | undefined> = {};
  for (const name of Object.keys(headers)) {
    if (random.chance(12)) chosen[name] = random.pick(headers[name] ?? []);
  }
  const line = [
    random.chance(10) ? random.pick(methods) : "GET",
    random.chance(50) ? random.pick(paths) : "/test/ws",
    random.chance(8) ? random.pick(versions) : "HTTP/1.1",
  ].join(" ");
  const request = Buffer.from(formatRequest({ line, headers: chosen }), "latin1");
  return random.chance(25) ? damage(random, request) : request;
}

/** Bytes that were changed, cut, doubled or put in. */
export function damage(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.between(1, 20)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]);
    case 3:
      return Buffer.from(bytes.map((byte) => (random.chance(1) ? random.below(256) : byte)));
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + random.below(30))),
      ]);
  }
}

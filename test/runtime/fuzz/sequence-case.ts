import { formatRequest } from "../server/http-exchange.js";
import { makeFrames } from "./frames-case.js";
import { damage, makeHandshake } from "./handshake-case.js";
import type { Random } from "./random.js";

/** The modules whose HTTP side is tried: `test` has no middleware on its port, `behind` has some and HTTP routes. */
export type SequenceFlag = "test" | "behind";

const queries = ["", "", "", "?wait", "?refuse", "?delay", "?null"];
/** Middlewares that do not answer. Rare, for each such case takes as long as the handshake may. */
const silentQueries = ["?silent", "?hang"];
const paths = ["ws", "ws", "rooms/a", "nope", "time", "body", "TIME", "%74ime"];

/** Several requests, bodies and upgrades on one connection, in any order; frames where the last one may be a WebSocket. */
export function makeSequence(random: Random, flag: SequenceFlag): Buffer {
  const parts = Array.from({ length: random.between(2, 6) }, () => makePart(random, flag));
  if (random.chance(50)) parts.push(upgrade(random, flag), ...makeFrames(random));
  const bytes = Buffer.concat(parts);
  return random.chance(10) ? damage(random, bytes) : bytes;
}

function makePart(random: Random, flag: SequenceFlag): Buffer {
  switch (random.below(8)) {
    case 0:
      return withLength(random, flag);
    case 1:
      return chunked(random, flag);
    case 2:
      return upgrade(random, flag);
    case 3:
      return upgrade(random, flag, { "Sec-WebSocket-Version": "8" });
    case 4:
      return upgrade(random, flag, { Upgrade: "h2c" });
    case 5:
      return makeHandshake(random);
    default:
      return request(`GET ${target(random, flag)} HTTP/1.1`, commonHeaders(random));
  }
}

const target = (random: Random, flag: SequenceFlag): string =>
  `/${random.chance(10) ? flag.toUpperCase() : flag}/${random.pick(paths)}${random.pick(random.chance(2) ? silentQueries : queries)}`;

const upgrade = (random: Random, flag: SequenceFlag, headers: Record<string, string> = {}): Buffer =>
  Buffer.from(formatRequest({ line: `GET ${target(random, flag)} HTTP/1.1`, headers }));

function withLength(random: Random, flag: SequenceFlag): Buffer {
  const body = random.bytes(random.below(300));
  // Now and then the length is wrong, so that the body is read as a request or a request as a body.
  const length = random.chance(90) ? body.length : random.below(400);
  const head = { ...commonHeaders(random), "Content-Length": String(length) };
  return Buffer.concat([request(`POST ${target(random, flag)} HTTP/1.1`, head), body]);
}

function chunked(random: Random, flag: SequenceFlag): Buffer {
  const head = { ...commonHeaders(random), "Transfer-Encoding": "chunked" };
  const chunks = Array.from({ length: random.below(4) }, () => {
    const body = "x".repeat(random.between(1, 100));
    return `${body.length.toString(16)}\r\n${body}\r\n`;
  });
  const end = random.chance(90) ? "0\r\n\r\n" : "";
  return Buffer.concat([
    request(`POST ${target(random, flag)} HTTP/1.1`, head),
    Buffer.from(chunks.join("") + end),
  ]);
}

const commonHeaders = (random: Random): Record<string, string> => ({
  Host: "localhost",
  ...(random.chance(10) ? { Connection: random.pick(["close", "keep-alive", "upgrade"]) } : {}),
  ...(random.chance(5) ? { Expect: "100-continue" } : {}),
});

const request = (line: string, headers: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    [line, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n"),
  );

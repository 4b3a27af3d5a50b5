// What is measured, and what the generated project must reach beside bare ws.

const short = "hello from the load generator";
const kibibyte = "0123456789abcdef".repeat(64);
const handshakes = { mode: "handshake", connections: 32, warmupMs: 5_000, figure: "perSecond" };

/**
 * @typedef {object} Scenario
 * @property {string} id what `--scenarios` takes
 * @property {string} title
 * @property {"request" | "broadcast" | "handshake" | "idle" | "start"} mode of the load generator
 * @property {number} connections
 * @property {number} [inFlight] requests, or broadcasts, that are not answered yet
 * @property {string} [text]
 * @property {number} [warmupMs] where code runs so seldom that V8 needs longer for it
 * @property {boolean} [tls] is it with TLS 1.3? Then only servers that have it are measured
 * @property {number} [loadOfReference] an open loop at this share of what bare ws can do
 * @property {"perSecond" | "startNs" | "p99" | "bytesPerConnection"} figure the one that is compared
 * @property {number} target ratio to bare ws; at least this where more is better, else at most
 */

/** @type {readonly Scenario[]} */
export const scenarios = [
  { id: "1x1", title: "1 connection, 1 in flight", ...request(1, 1, short), target: 1.0 },
  { id: "100x1", title: "100 connections × 1 in flight", ...request(100, 1, short), target: 1.2 },
  { id: "100x16", title: "100 × 16 in flight", ...request(100, 16, short), target: 5.6 },
  { id: "1kib", title: "echo of 1 KiB, 100 × 1", ...request(100, 1, kibibyte), target: 1.2 },
  { id: "broadcast-1000", title: "broadcast to 1,000, one at a time", ...broadcast(1_000, 1), target: 1.4 },
  { id: "broadcast-5000", title: "broadcast to 5,000, one at a time", ...broadcast(5_000, 1), target: 1.3 },
  { id: "broadcast-1000x8", title: "broadcast to 1,000, 8 in flight", ...broadcast(1_000, 8), target: 5.6 },
  { id: "handshake", title: "handshake + close, 32 at a time", ...handshakes, target: 1.0 },
  {
    id: "memory",
    title: "memory per idle connection at 10,000",
    ...idle(10_000),
    target: 1.15,
  },
  {
    id: "start",
    title: "process start to first reply",
    mode: "start",
    connections: 1,
    text: short,
    figure: "startNs",
    target: 1.9,
  },
  {
    id: "p99",
    title: "latency p99 at 80 % of the load that bare ws can take",
    ...request(100, 1, short),
    loadOfReference: 0.8,
    figure: "p99",
    target: 1.0,
  },
  { id: "tls-100x16", title: "TLS: 100 × 16 in flight", ...request(100, 16, short), tls: true, target: 4.0 },
  {
    id: "tls-handshake",
    title: "TLS: handshake + close, 32 at a time",
    ...handshakes,
    tls: true,
    target: 1.0,
  },
  {
    id: "tls-memory",
    title: "TLS: memory per idle connection at 2,000",
    ...idle(2_000),
    tls: true,
    target: 1.2,
  },
];

/** Is more of this figure better? */
export const isGain = (figure) => figure === "perSecond";

function request(connections, inFlight, text) {
  return { mode: "request", connections, inFlight, text, figure: "perSecond" };
}

function idle(connections) {
  return { mode: "idle", connections, figure: "bytesPerConnection" };
}

function broadcast(connections, inFlight) {
  return { mode: "broadcast", connections, inFlight, text: short, figure: "perSecond" };
}

// What each trick of the runtime gains, and what watching costs: a generated project in product mode, once as it is and once
// with the trick patched out or watched, in turn. `node bench/tricks.js [name,…] [rounds]`. It prints what the changed server
// spends, divided by what the unchanged one spends: CPU time (which other processes disturb least), or memory. Linux only,
// for /proc.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { findFreePort, startServer } from "./processes.js";
import { copyProject, makeProject, projectName } from "./project.js";
import { compare, median } from "./statistics.js";

let port = 0;

/** What is written over in the runtime to take a trick out: file, text, text in its place. */
const tricks = {
  "whole frames": {
    scenarios: ["16 in flight", "1 KiB"],
    patches: [["connection/ws-internals/whole-frames.js", "if (isBetweenMessages(receiver))", "if (false)"]],
  },
  "end once": {
    scenarios: ["handshake"],
    patches: [
      ["connection/ws-internals/socket-factory.js", "endOnce(socket);", ""],
      [
        "connection/ws-internals/whole-frames.js",
        "if (this.writableEnded && args.length === 0)",
        "if (false)",
      ],
    ],
  },
  "packed headers": {
    scenarios: ["idle", "handshake"],
    patches: [["connection/connection.js", "this.headers = packHeaders(this.headers);", "{}"]],
  },
  "direct handshake": {
    scenarios: ["handshake"],
    patches: [["server/web-socket-route.js", "if (hasMiddlewares(modules))", "if (true)"]],
  },
  "lazy Koa": {
    scenarios: ["start"],
    patches: [["server/lazy-koa.js", "if (hasHttpRoutes || hasMiddlewares(modules))", "if (true)"]],
  },
};

const adminPort = 14_900;
const token = "benchmark-of-watching";
const metrics = "metrics: { prometheus: { port: 14901 } }";
const admin = `admin: { port: ${adminPort}, tokenEnv: ADMIN_TOKEN }`;
const watchScenarios = ["1,000 connections", "16 in flight", "handshake"];

/** What is added to the spec, and whether the page of the inspector is open meanwhile. */
const watches = {
  metrics: { scenarios: watchScenarios, config: [metrics] },
  "closed inspector": { scenarios: watchScenarios, config: [admin] },
  "metrics and open inspector": { scenarios: watchScenarios, config: [metrics, admin], isPageOpen: true },
};

/** Each returns what one operation costs the server. */
const scenarios = {
  "1,000 connections": {
    unit: "µs of CPU a command",
    measure: (server) => commands(server, 1, 10, 1_000),
  },
  "16 in flight": { unit: "µs of CPU a command", measure: (server) => commands(server, 16, 10) },
  "1 KiB": { unit: "µs of CPU a command", measure: (server) => commands(server, 1, 1_024) },
  handshake: { unit: "µs of CPU a handshake and its close", measure: handshakes },
  idle: { unit: "bytes of heap a connection", measure: idle },
  start: { unit: "ms of CPU until the first reply", measure: firstReply },
};

async function main([names, rounds = "7"]) {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-tricks-"));
  try {
    const project = join(folder, "project");
    port = await findFreePort();
    makeProject(project, { port });
    for (const [name, change] of Object.entries({ ...tricks, ...watches })) {
      if (names && !names.split(",").includes(name)) continue;
      const changed = join(folder, name.replaceAll(" ", "-"));
      if ("patches" in change) copyProject(project, changed, (dist) => patch(dist, change.patches));
      else makeProject(changed, { port, config: change.config });
      for (const id of change.scenarios)
        await compareBuilds(name, id, { ...change, project, changed, rounds: Number(rounds) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareBuilds(name, id, { project, changed, rounds, isPageOpen = false }) {
  const { unit, measure } = scenarios[id];
  const costs = { project: [], changed: [] };
  for (let round = 0; round < rounds; round++) {
    costs.project.push(await measureOnce(project, measure));
    costs.changed.push(await measureOnce(changed, isPageOpen ? withOpenPage(measure) : measure));
  }
  const { ratio, least, greatest } = compare(costs.changed, costs.project);
  const [own, other] = [costs.project, costs.changed].map((values) => median(values).toFixed(1));
  const spread = `${least.toFixed(2)}–${greatest.toFixed(2)}`;
  process.stdout.write(`| ${name} | ${id} | ${own} → ${other} ${unit} | ${ratio.toFixed(2)} | ${spread} |\n`);
}

async function measureOnce(folder, measure) {
  const projects = { [projectName(false, "wsgen")]: { folder, port } };
  process.env.ADMIN_TOKEN = token;
  const server = await startServer({ id: "wsgen" }, { port, projects, cores: [0], nodeOptions: [] });
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

/** Measures while the live report of the inspector is read. */
const withOpenPage = (measure) => async (server) => {
  const headers = { Authorization: `Bearer ${token}` };
  const read = () => fetch(`http://127.0.0.1:${adminPort}/inspector/live`, { headers });
  // The admin API listens a moment after the modules.
  const page = await read().catch(() => setTimeout(1_000).then(read));
  let reports = 0;
  const reader = page.body.getReader();
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) reports += 1;
  })();
  const cost = await measure(server);
  await reader.cancel();
  await reading;
  if (page.status !== 200 || reports === 0) throw new Error(`the inspector answered ${page.status}`);
  return cost;
};

/** Takes the trick out of a built runtime. */
function patch(dist, patches) {
  for (const [name, text, replacement] of patches) {
    const file = join(dist, name);
    const source = readFileSync(file, "utf8");
    if (source.split(text).length !== 2) throw new Error(`${name} does not have once: ${text}`);
    writeFileSync(
      file,
      source.replace(text, () => replacement),
    );
  }
}

const request = [
  "GET /bench/ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  // What a browser sends beside it.
  "Pragma: no-cache",
  "Cache-Control: no-cache",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-US,en;q=0.9",
  "\r\n",
].join("\r\n");

/** Resolves with a socket whose handshake is answered. */
async function open() {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.setNoDelay(true).write(request);
  let got = "";
  while (!got.includes("\r\n\r\n")) {
    const [chunk] = await once(socket, "data");
    got += chunk.toString("latin1");
  }
  return socket;
}

/** A masked text frame: the mask is zero. */
function frame(text) {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([
    Buffer.from([0x81, ...length, 1, 2, 3, 4]),
    payload.map((byte, at) => byte ^ ((at & 3) + 1)),
  ]);
}

const inBatches = async (count, size, act) => {
  for (let done = 0; done < count; done += size) await Promise.all(Array.from({ length: size }, act));
};

async function commands({ usage }, inFlight, bytes, connections = 100) {
  const total = bytes > 1_000 ? 40_000 : 160_000;
  const packet = Buffer.concat(
    Array.from({ length: inFlight }, () =>
      frame(JSON.stringify({ command: "echo", text: "x".repeat(bytes) })),
    ),
  );
  const reply = JSON.stringify({ text: "x".repeat(bytes) });
  const replyBytes = inFlight * ((reply.length < 126 ? 2 : 4) + reply.length);
  const sockets = [];
  await inBatches(connections, 10, async () => sockets.push(await open()));
  const run = (count) => Promise.all(sockets.map((socket) => ask(socket, packet, { replyBytes, count })));
  await run(total / 5 / inFlight / connections);
  const before = microseconds(await usage());
  await run(total / inFlight / connections);
  return (microseconds(await usage()) - before) / total;
}

function ask(socket, packet, { replyBytes, count }) {
  return new Promise((resolve) => {
    let left = count;
    let missing = replyBytes;
    const take = (chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      missing = replyBytes;
      left -= 1;
      if (left > 0) return void socket.write(packet);
      socket.off("data", take);
      resolve();
    };
    socket.on("data", take);
    socket.write(packet);
  });
}

const microseconds = ({ cpu }) => cpu.user + cpu.system;

const closeFrame = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8]);

async function handshakes({ usage }) {
  const connectAndClose = async () => {
    const socket = await open();
    socket.resume().write(closeFrame);
    await once(socket, "end");
    socket.end();
  };
  await inBatches(2_000, 20, connectAndClose);
  const before = microseconds(await usage());
  await inBatches(6_000, 20, connectAndClose);
  return (microseconds(await usage()) - before) / 6_000;
}

async function idle({ usage }) {
  const sockets = [];
  const keep = async () => void sockets.push(await open());
  await inBatches(200, 20, keep);
  const before = await usage();
  await inBatches(4_000, 20, keep);
  return ((await usage()).heapUsed - before.heapUsed) / 4_000;
}

async function firstReply({ usage }) {
  await open();
  return microseconds(await usage()) / 1_000;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));

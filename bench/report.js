// The tables of a run, in Markdown.
import { cpus, loadavg, release } from "node:os";
import { versionOf } from "./prepare.js";
import { canPin } from "./processes.js";
import { isGain } from "./scenarios.js";
import { reference } from "./server-list.js";
import { compare, median } from "./statistics.js";

/** What the figures depend on; asked for before the run, for the load is that of other processes. */
export const describeMachine = () => ({
  node: process.version,
  system: `Linux ${release().split("-")[0]}`,
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  isPinned: canPin,
  load: loadavg()[0],
  date: new Date().toISOString().slice(0, 10),
});

/** @param run `{servers, scenarios, rounds, seconds, machine, results}`; results by scenario, then server, one per round */
export function writeReport(run) {
  return [
    "## Servers\n",
    introduction(run),
    "### Ratios to bare ws\n",
    ratioNotes,
    table(run, "scenario", ratioCell, targetColumn),
    "### Figures\n",
    "Medians of the rounds.\n",
    table(run, "scenario", figureCell),
    "### CPU time of the server\n",
    "Microseconds of CPU time per request, per delivered frame, or per handshake, all threads of the process. The last\ncolumn is what the load generator itself spends, beside wsgen, or else beside the last server.\n",
    table(cpuRun(run), "scenario", cpuCell, generatorColumn),
    versions(run),
    method,
  ].join("\n");
}

const ratioNotes = `The ratio of the medians, and in parentheses the least and the greatest ratio of a round, in which the servers are
measured one after the other. More is better, except for memory, start and p99. The target is that of wsgen;
what does not reach it is marked with ✗.
`;

function introduction({ machine, rounds, peerRounds, seconds }) {
  const pinning = machine.isPinned
    ? "The server and the load generator are pinned to different cores."
    : "The processes are not pinned to cores.";
  return `${rounds} rounds of ${seconds} s (${Math.min(rounds, peerRounds)} with the peers) on ${machine.date}; Node ${machine.node}, ${machine.system}, ${machine.cores} cores of ${machine.processor}.
${pinning} Compare ratios, not figures: the machine is a small virtual one.
${loadNote(machine)}
`;
}

/** Whether the machine did something else too. */
export const loadNote = ({ load }) =>
  load < 0.5
    ? "Nothing else ran on it."
    : `**Other processes kept it busy (a load of ${load.toFixed(1)} before the run), which widens the spread.**`;

function table({ servers, scenarios, results }, corner, cell, extra) {
  const head = [corner, ...(extra ? [extra.title] : []), ...servers.map(({ title }) => title)];
  const rows = scenarios.map((scenario) => [
    scenario.title,
    ...(extra ? [extra.cell(scenario, results[scenario.id])] : []),
    ...servers.map((server) =>
      results[scenario.id][server.id] ? cell(scenario, results[scenario.id], server) : "–",
    ),
  ]);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return `${[line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n")}\n`;
}

const values = (scenario, result, id) => result[id].map((figures) => figures[scenario.figure]);

const targetColumn = {
  title: "target",
  cell: ({ target, figure }) => `${isGain(figure) ? "≥" : "≤"} ${target.toFixed(2)}`,
};

function ratioCell(scenario, result, { id }) {
  if (id === reference) return "1";
  const { ratio, least, greatest } = compare(
    values(scenario, result, id),
    values(scenario, result, reference),
  );
  const misses = isGain(scenario.figure) ? ratio < scenario.target : ratio > scenario.target;
  const mark = id.startsWith("wsgen") && misses ? " ✗" : "";
  return `${ratio.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})${mark}`;
}

const units = {
  perSecond: (value) => `${Math.round(value).toLocaleString("en")}/s`,
  startNs: (value) => `${(value / 1e6).toFixed(0)} ms`,
  p99: (value) => `${(value / 1e3).toFixed(0)} µs`,
  bytesPerConnection: (value) => `${(value / 1_024).toFixed(1)} KiB`,
};

function figureCell(scenario, result, { id }) {
  const figure = units[scenario.figure](median(values(scenario, result, id)));
  if (scenario.figure !== "bytesPerConnection") return figure;
  const heap = median(result[id].map(({ heapPerConnection }) => heapPerConnection));
  return `${figure} (${units.bytesPerConnection(heap)})`;
}

const cpuRun = (run) => ({
  ...run,
  scenarios: run.scenarios.filter(({ mode }) => mode !== "idle" && mode !== "start"),
});

const microseconds = (list) => (median(list) / 1e3).toFixed(2);

const cpuCell = (_, result, { id }) => microseconds(result[id].map(({ cpuPerUnit }) => cpuPerUnit));

const generatorColumn = {
  title: "load generator",
  cell: (_, result) =>
    microseconds((result.wsgen ?? Object.values(result).at(-1)).map((each) => each.generatorCpuPerUnit)),
};

function versions({ servers }) {
  const names = [...new Set(servers.flatMap(({ packages }) => packages))].sort();
  return `### Versions\n\n${names.map((name) => `- ${name} ${versionOf(name)}`).join("\n")}\n`;
}

const method = `### How it is measured

- Every measurement starts a fresh server process, warms it up for 1.5 s (5 s for handshakes), and counts for the given time. A round measures
  the servers in a scenario, each time another one first; the peers are in the first rounds only.
- The load generator (\`bench/load/generator.cpp\`) is one thread on an epoll loop. It compares every reply with the one that
  is expected, byte for byte; the first that differs ends the run with an error. Requests that become due while one
  read is handled go out in one write, as from a client that pipelines.
- All servers run in production mode with the defaults of their own documentation, without compression. The server of wsgen
  is a project that \`wsgen new project\` has made from a spec (\`bench/project.js\`), built by its own \`npm run build\`. Its two commands are
  filled in; everything else is as it was generated: request validation, limits, heartbeats, ordered execution, hooks. Its log has
  level info. The others have none of that but their defaults.
- With TLS each server ends TLS 1.3 itself, with an ECDSA key; every handshake is a full one.
- Bare ws is \`JSON.parse\`, a \`Map\` of commands and \`send\`. Koa + ws and Fastify run the same commands. NestJS
  and Socket.IO are spoken to in their own protocols; Socket.IO answers with acknowledgements, without the fallback
  to long polling. uWebSockets.js is not published on npm by its authors; its binaries are taken from the package
  \`@trufflesuite/uws-js-unofficial\`, which publishes them again.
- Memory is what the resident memory of the server grows by, after a collection, for each of the idle connections; in
  parentheses what its JavaScript heap grows by, which is the same in each run.
- The start is measured from \`fork\` to the first reply, by a client that tries to connect every 0.5 ms.
- For the p99, bare ws is loaded to the full first; then each server gets 80 % of that rate in an open loop: a request
  counts from the moment on at which it is due, whether or not the server is ready for it.
`;

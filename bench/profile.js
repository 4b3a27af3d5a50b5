// `node bench/profile.js`: where the microseconds of a message go, as a table and as the picture docs/performance.svg.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { classify, parts } from "./cpu-profile.js";
import { drawBars } from "./draw-bars.js";
import { measure, usualWarmupMs } from "./measure.js";
import { readOptions } from "./options.js";
import { prepare } from "./prepare.js";
import { scenarios } from "./scenarios.js";
import { servers } from "./server-list.js";

const titles = {
  "100x1": "a command, one in flight",
  "100x16": "a command, 16 in flight",
  handshake: "a handshake and its close",
};
const picture = fileURLToPath(new URL("../docs/performance.svg", import.meta.url));
const document = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

const options = readOptions(["--seconds", "4"]);
const setting = { ...options, ...(await prepare((text) => process.stderr.write(`${text}\n`), options)) };
const groups = [];
for (const [id, title] of Object.entries(titles)) {
  const bars = [];
  for (const server of servers.slice(0, 2)) {
    process.stderr.write(`profile ${server.title}: ${title}\n`);
    const scenario = scenarios.find((each) => each.id === id);
    bars.push({ title: server.title, values: await profile(server, scenario) });
  }
  groups.push({ title, bars });
}
writeFileSync(picture, drawBars({ groups, parts, unit: "µs" }));
const text = readFileSync(document, "utf8");
writeFileSync(
  document,
  text.replace(
    /(<!-- profile -->\n)[\s\S]*(<!-- end of profile -->)/,
    (_, start, end) => `${start}${table()}${end}`,
  ),
);

/** Microseconds of CPU time for one unit, by part. */
async function profile(server, scenario) {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-profile-"));
  try {
    const nodeOptions = ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder];
    const plain = await measure(setting, { server, scenario });
    await measure({ ...setting, nodeOptions }, { server, scenario });
    const [file] = readdirSync(folder);
    const warmMs = 500 + (scenario.warmupMs ?? usualWarmupMs);
    const shares = classify(JSON.parse(readFileSync(join(folder, file), "utf8")), warmMs);
    return Object.fromEntries(parts.map(({ id }) => [id, (shares[id] * plain.quietCpu) / 1_000]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function table() {
  const bars = groups.flatMap(({ title, bars: both }) =>
    both.map((bar) => ({ ...bar, title: `${title}: ${bar.title}` })),
  );
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  const total = (values) => Object.values(values).reduce((sum, value) => sum + value, 0);
  const rows = bars.map(({ title, values }) =>
    line([title, ...[...parts.map(({ id }) => values[id]), total(values)].map((value) => value.toFixed(1))]),
  );
  const head = ["µs of CPU time", ...parts.map(({ title }) => title), "together"];
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows].join("");
}

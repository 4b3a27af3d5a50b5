// `npm run bench`: measures wsgen-runtime and its peers in paired rounds, and writes the table.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measure } from "./measure.js";
import { readOptions, usage } from "./options.js";
import { prepare } from "./prepare.js";
import { createProgress } from "./progress.js";
import { describeMachine, writeReport } from "./report.js";
import { reference } from "./server-list.js";
import { median } from "./statistics.js";

const document = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

async function run(options) {
  const { servers, scenarios, rounds } = options;
  const machine = describeMachine();
  const progress = createProgress(servers.length * scenarios.length * rounds);
  const setting = { ...options, ...prepare(progress.say) };
  const results = {};
  for (const scenario of scenarios) {
    const rate = await rateOf(setting, scenario);
    for (let round = 0; round < rounds; round++) {
      for (const server of rotate(servers, round)) {
        progress.next(scenario.title, server.title);
        const figures = await measure(setting, { server, scenario, rate });
        results[scenario.id] ??= {};
        results[scenario.id][server.id] ??= [];
        results[scenario.id][server.id].push(figures);
      }
    }
  }
  progress.end();
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, results }, null, 1)}\n`);
  const report = writeReport({ ...options, machine, results });
  const target = options.document ?? (options.isComplete ? document : undefined);
  if (target === undefined) process.stdout.write(report);
  else writeFileSync(target, report);
}

/** The rate of an open loop: a share of what bare ws answers in a closed one. */
async function rateOf(setting, scenario) {
  if (scenario.loadOfReference === undefined) return undefined;
  const [server] = setting.servers.filter(({ id }) => id === reference);
  const capacities = [];
  for (let time = 0; time < 3; time++) {
    capacities.push((await measure(setting, { server, scenario })).perSecond);
  }
  return median(capacities) * scenario.loadOfReference;
}

/** No server always follows the same one. */
function rotate(list, by) {
  return list.map((_, index) => list[(index + by) % list.length]);
}

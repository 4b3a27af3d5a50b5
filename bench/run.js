// `npm run bench`: measures servers and generators, ours and their peers, in paired rounds, and writes the tables.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeSections } from "./document.js";
import { writeGeneratorReport } from "./generators/generator-report.js";
import { drawGrowth } from "./generators/growth-picture.js";
import { countSeconds, measureGenerators } from "./generators/measure-generators.js";
import { measure } from "./measure.js";
import { readOptions, usage } from "./options.js";
import { prepare, prepareGenerators } from "./prepare.js";
import { createProgress } from "./progress.js";
import { describeMachine, writeReport } from "./report.js";
import { reference } from "./server-list.js";
import { median } from "./statistics.js";

const document = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
const picture = fileURLToPath(new URL("../docs/benchmarks-growth.svg", import.meta.url));
const measures = { servers: measureServers, generators: measureAllGenerators };
const writers = { servers: writeReport, generators: writeGeneratorReport };

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

async function run(options) {
  const machine = describeMachine();
  const results = {};
  for (const part of options.parts) results[part] = await measures[part](options);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, ...results }, null, 1)}\n`);
  const reports = Object.entries(results).map(([part, each]) => [
    part,
    writers[part]({ ...options, machine, results: each }),
  ]);
  const target = options.document ?? (options.isComplete ? document : undefined);
  if (target === undefined) process.stdout.write(reports.map(([, text]) => text).join("\n"));
  else writeSections(target, Object.fromEntries(reports));
  if (target === document && results.generators !== undefined)
    writeFileSync(picture, drawGrowth(results.generators.growth));
}

async function measureServers(options) {
  const { scenarios } = options;
  const roundsOf = (scenario) => everyRound({ ...options, servers: measuredIn(scenario, options.servers) });
  const progress = createProgress(scenarios.flatMap((scenario) => roundsOf(scenario).flat()).length);
  const setting = { ...options, ...(await prepare(progress.say, options)) };
  const results = {};
  for (const scenario of scenarios) {
    const rate = await rateOf(setting, scenario);
    for (const servers of roundsOf(scenario)) {
      for (const server of servers) {
        progress.next(scenario.title, server.title);
        const figures = await named(scenario, server, measure(setting, { server, scenario, rate }));
        results[scenario.id] ??= {};
        results[scenario.id][server.id] ??= [];
        results[scenario.id][server.id].push(figures);
      }
    }
  }
  progress.end();
  return results;
}

async function measureAllGenerators(options) {
  const progress = createProgress(countSeconds(options));
  const program = prepareGenerators(progress.say);
  const results = await measureGenerators(options, { program, progress });
  progress.end();
  return results;
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

async function named(scenario, server, measurement) {
  try {
    return await measurement;
  } catch (cause) {
    throw new Error(`${server.title}, ${scenario.title}: ${cause.message}`, { cause });
  }
}

/** Not every server is measured with TLS. */
function measuredIn({ tls = false }, servers) {
  return servers.filter(({ hasTls = false }) => hasTls || !tls);
}

/** The servers of each round in their order. The peers are in the first ones; no server always follows the same one. */
function everyRound({ servers, rounds, peerRounds }) {
  const isPeer = ({ id }) => id !== reference && !id.startsWith("wsgen");
  return Array.from({ length: rounds }, (_, round) => {
    const measured = round < peerRounds ? servers : servers.filter((server) => !isPeer(server));
    return measured.map((_, index) => measured[(index + round) % measured.length]);
  });
}

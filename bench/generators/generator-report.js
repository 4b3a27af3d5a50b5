// The tables of the generators, in Markdown.
import { versionOf } from "../prepare.js";
import { loadNote } from "../report.js";
import { compare, median } from "../statistics.js";
import { actions, growthLimits, stepTitles } from "./actions.js";
import { countModules } from "./large-spec.js";
import { roundsAt, sharedTitles } from "./measure-generators.js";

/** @param run `{tools, sizes, rounds, machine, results}`; results of `measureGenerators` */
export function writeGeneratorReport(run) {
  return [
    "## Generators\n",
    introduction(run),
    "### What wsgen costs\n",
    "In a project of ten commands, where the action needs one.\n",
    actionTable(run),
    "### Beside others\n",
    "CPU time as a multiple of `node -e 0`.\n",
    sharedTable(run, times),
    "CPU time.\n",
    sharedTable(run, (runs) => seconds(median(cpu(runs)))),
    unitNotes(run),
    "### From ten commands to ten thousand\n",
    "![CPU time by the number of commands, both axes logarithmic](benchmarks-growth.svg)\n",
    growthNotes,
    "CPU time.\n",
    growthTable(run, cpuCell, linearity),
    "CPU time as a multiple of `node -e 0`.\n",
    growthTable(run, times),
    "Wall time.\n",
    growthTable(run, (runs) => seconds(median(runs.map(({ wallNs }) => wallNs)))),
    "Peak memory.\n",
    growthTable(run, peak),
    "### Versions of the generators\n",
    versions(run),
    method,
  ].join("\n");
}

function introduction({ machine, rounds, sizes }) {
  const large = sizes.filter((commands) => roundsAt(commands, rounds) < rounds);
  const fewer = large.map((size) => `${roundsAt(size, rounds)} for ${size.toLocaleString("en")} commands`);
  return `${[`${rounds} ${rounds === 1 ? "round" : "rounds"} on ${machine.date}`, ...fewer].join(", ")}; Node ${machine.node}, ${machine.system}, ${machine.cores} cores of ${machine.processor}.
The unit is the CPU time of \`node -e 0\`, measured shortly before each run. A figure is the ratio of the medians, and in
parentheses the least and the greatest of a round; less is better. What does not reach its target is marked with ✗.
${loadNote(machine)}
`;
}

function actionTable({ results }) {
  const unit = Object.values(results.actions).flatMap((runs) => runs.map(({ unitNs }) => unitNs));
  const rows = actions.map(({ id, title, limit }) => {
    const runs = results.actions[id];
    const misses = limit !== undefined && isAbove(runs, limit);
    return [
      title,
      limitText(limit),
      times(runs) + (misses ? " ✗" : ""),
      seconds(median(cpu(runs))),
      wall(runs),
      peak(runs),
    ];
  });
  const head = ["", "target", "× `node -e 0`", "CPU time", "wall time", "peak memory"];
  return table(head, [["`node -e 0`", "", "1", seconds(median(unit)), "", ""], ...rows]);
}

function isAbove(runs, limit) {
  const cpuNs = median(cpu(runs));
  return cpuNs > (limit.seconds ?? Infinity) * 1e9 || cpuNs > (limit.times ?? Infinity) * median(units(runs));
}

function limitText(limit) {
  if (limit === undefined) return "";
  return limit.times === undefined ? `≤ ${limit.seconds} s` : `≤ ${limit.times} ×`;
}

function sharedTable({ tools, results }, cell) {
  const rows = Object.entries(sharedTitles).map(([task, title]) => [
    title,
    ...tools.map(({ id }) => (results.shared[task]?.[id] ? cell(results.shared[task][id]) : "–")),
  ]);
  return table(["", ...tools.map(({ title }) => title)], rows);
}

const unitNotes = ({ tools }) =>
  `What is added:\n\n${tools.map(({ title, unit }) => `- ${title}: ${unit}`).join("\n")}\n`;

const growthNotes = `The specs have modules of twenty commands (${countModules(1_000)} for 1,000), each command with a description, a request and mostly a
reply, each module with an event. plop stands for mere templates: it writes a class and a test for each line of a list,
and reads no spec, makes no types and looks at no code.
`;

function growthTable({ sizes, results }, cell, extra) {
  const head = [
    "commands",
    ...sizes.map((size) => size.toLocaleString("en")),
    ...(extra ? [extra.title] : []),
  ];
  const steps = Object.entries(stepTitles).filter(([step]) => results.growth[step] !== undefined);
  const rows = steps.map(([step, title]) => {
    const bySize = results.growth[step];
    return [
      title,
      ...sizes.map((size) => (bySize[size] ? cell(bySize[size], { step, size }) : "–")),
      ...(extra ? [extra.cell(bySize)] : []),
    ];
  });
  return table(head, rows);
}

function cpuCell(runs, { step, size }) {
  const limit = growthLimits[step]?.[size];
  const values = cpu(runs);
  const spread = `${seconds(median(values))} (${seconds(Math.min(...values))}–${seconds(Math.max(...values))})`;
  if (limit === undefined) return spread;
  return `${spread}, target ≤ ${limit} s${median(values) > limit * 1e9 ? " ✗" : ""}`;
}

/** What a command costs among thousands beside what it costs among hundreds. */
const linearity = {
  title: "growth (1 is linear)",
  cell(bySize) {
    const [hundred, thousand, many] = [100, 1_000, 10_000].map(
      (size) => bySize[size] && median(cpu(bySize[size])),
    );
    if (!hundred || !thousand || !many) return "–";
    return ((many - thousand) / 9_000 / ((thousand - hundred) / 900)).toFixed(2);
  },
};

const cpu = (runs) => runs.map(({ cpuNs }) => cpuNs);
const units = (runs) => runs.map(({ unitNs }) => unitNs);
const wall = (runs) => seconds(median(runs.map(({ wallNs }) => wallNs)));
const peak = (runs) => `${Math.round(median(runs.map(({ peakBytes }) => peakBytes)) / 1_048_576)} MiB`;

function times(runs) {
  const { ratio, least, greatest } = compare(cpu(runs), units(runs));
  return `${round(ratio)} (${round(least)}–${round(greatest)})`;
}

const round = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));

function seconds(ns) {
  return ns < 1e9 ? `${(ns / 1e6).toFixed(0)} ms` : `${(ns / 1e9).toFixed(ns < 1e10 ? 2 : 1)} s`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return `${[line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n")}\n`;
}

function versions({ tools }) {
  const names = tools.filter(({ id }) => id !== "wsgen").flatMap(({ packages }) => packages);
  return `${names.map((name) => `- ${name} ${versionOf(name)}`).join("\n")}\n`;
}

const method = `### How generators are measured

- CPU time is user and system time of the process and all of its descendants, which a small native program
  (\`bench/generators/run-command.cpp\`) asks the kernel for; peak memory is that of the largest of them.
- Each run starts with a fresh copy of its project, and is checked: the exit code, what it says, and that the files are
  there which it should write. A run that fails ends the benchmark.
- The programs are started by their JavaScript file: no time of npx or of a shell is in the figures. Neither is an
  installation of packages.
- The others work in a project as their own \`new\` command makes it, hygen and plop with templates for what
  \`add command\` of wsgen does as far as templates can, AdonisJS in the files of its slim starter kit that its
  command line needs.
`;

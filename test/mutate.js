// Puts one mistake at a time (mutations/) into a copy of the repository and asks whether the tests notice it.
// First the tests run that the list names for it, then those that stand nearest, and all of them where these notice nothing.
// Usage: node test/mutate.js [--check] [--quick] [--continue] [--only=runtime|generator] [word in file or description…].
//   --check     only compiles
//   --quick     runs only the nearest tests
//   --continue  goes on where a run was stopped, and tries what survived once more
// The results stand in mutate-results.txt in the folder for temporary files, and the score, once a list is complete, in
// docs/architecture.md. Exit code 1: one is stale, does not compile or survives; 2: there is no such option.
import { spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import * as generator from "./mutations/generator.js";
import * as runtime from "./mutations/runtime.js";

/** The clean tests may take this long. */
const cleanLimitMs = 20 * 60_000;
/** A mistake that makes the tests hang is noticed: they take this many times what the clean ones took, and two minutes. */
const hangFactor = 5;

const lists = {
  runtime: {
    ...runtime,
    project: "runtime/tsconfig.json",
    source: "runtime/src",
    tests: ["runtime"],
    slow: /\/(fuzz|interop|faults)\/|whole-frames\.test/,
    nearest: {
      server: /\/(server|shutdown|serve)\//,
      connection: /\/(connection|dispatch)\/|server\/handshake/,
      push: /\/push\//,
      replay: /\/replay\//,
      config: /\/(config|server|operations)\//,
      client: /\/client\//,
    },
  },
  generator: {
    ...generator,
    project: "tsconfig.json",
    source: "src",
    tests: ["src", "golden"],
    slow: /commit-killed\.test/,
    nearest: {
      scan: /generate\.test|golden\.test/,
      model: /generate\.test|golden\.test/,
      plan: /generate\.test|golden\.test/,
      edit: /src\/edit\//,
      syntax: /src\/(syntax|edit)\/|generate\.test/,
      fs: /src\/fs\//,
      commands: /src\/commands\//,
      "contract-diff": /src\/contract-diff\//,
      render: /src\/render\/|generate\.test/,
    },
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));
const resultsFile = join(tmpdir(), "mutate-results.txt");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = process.argv
  .slice(2)
  .find((word) => word.startsWith("--") && !/^--(check|quick|continue|only=(runtime|generator))$/.test(word));
if (unknown !== undefined) {
  console.error(`Unknown option ${unknown}: see the first lines of test/mutate.js.`);
  process.exit(2);
}
const has = (option) => process.argv.includes(`--${option}`);
const isChosen = ({ file, what }) =>
  words.length === 0 || words.some((word) => file.includes(word) || what.includes(word));
const read = (folder, { file }) => readFileSync(join(folder, file), "utf8");
const isStale = (mutation) =>
  !existsSync(join(root, mutation.file)) || read(root, mutation).split(mutation.text).length !== 2;

let endRunning = () => {};
/** In a process group of its own, so that what the tests have started ends with it. Resolves with its exit code and output. */
function run(cwd, args, limitMs = cleanLimitMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
      });
    }
    const end = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    };
    endRunning = end;
    const timer = setTimeout(end, limitMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      end();
      resolve({ code: code ?? "hung", output: stripVTControlCharacters(output) });
    });
  });
}

/** The repository without what git keeps, and with a `wsgen-runtime` of its own among the installed packages. */
function copyRepository() {
  const copy = mkdtempSync(join(tmpdir(), "wsgen-mutate-"));
  const left = /(^|\/)(node_modules|\.git)(\/|$)/;
  cpSync(root, copy, { recursive: true, filter: (path) => !left.test(relative(root, path)) });
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    const isOwn = name === "wsgen-runtime";
    if (name.startsWith(".") && name !== ".bin") continue;
    symlinkSync(isOwn ? "../runtime" : join(root, "node_modules", name), join(copy, "node_modules", name));
  }
  if (existsSync(join(root, "runtime/node_modules")))
    symlinkSync(join(root, "runtime/node_modules"), join(copy, "runtime/node_modules"));
  return copy;
}

const bin = (path) => join(root, "node_modules", path);
const compile = (copy, { project }) => run(copy, [bin("typescript/bin/tsc"), "-p", project, "--incremental"]);

/** Runs test files until one fails: how long each took, and the one that failed with its reason. */
async function test(copy, files, limitMs) {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const reporters = ["--reporter=json", `--outputFile=${report}`];
  const vitest = [bin("vitest/vitest.mjs"), "run", "--config", "test/vitest.config.ts", "--bail", "1"];
  const { code, output } = await run(copy, [...vitest, ...reporters, ...files], limitMs);
  const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
  const hasRun = ({ assertionResults }) => assertionResults.some(({ status }) => status === "passed");
  const took = new Map(
    results
      .filter((result) => code === 0 || hasRun(result))
      .map(({ name, startTime, endTime }) => [relative(copy, name), endTime - startTime]),
  );
  if (code === 0) return { took };
  if (code === "hung") return { took, reason: "the tests hang" };
  const failed = results.find(({ status }) => status === "failed");
  const failure = failed?.assertionResults.find(({ status }) => status === "failed");
  return {
    took,
    file: failed && relative(copy, failed.name),
    reason: failed === undefined ? "an error outside of a test" : (failure?.fullName ?? failed.message),
    details: failure?.failureMessages.join("\n") ?? output.slice(-4000),
  };
}

/** How many milliseconds the clean test files took. */
const cleanMs = new Map();
/** Those that fail without a mistake, which tell nothing. */
const broken = new Set();
/** Runs those that have not run yet; where one fails, once more, for a busy machine makes tests fail. */
async function testClean(copy, files) {
  let last;
  for (;;) {
    const left = files.filter((file) => !cleanMs.has(file) && !broken.has(file));
    if (left.length === 0) return;
    const { took, file, reason, details } = await test(copy, left);
    for (const [name, ms] of took) if (name !== file) cleanMs.set(name, ms);
    if (reason === undefined) continue;
    if (file === undefined) throw new Error(`The tests fail without a mistake: ${reason}\n${details}`);
    if (file !== last) {
      last = file;
      continue;
    }
    broken.add(file);
    console.log(`left out, for it fails without a mistake: ${file}: ${reason}\n${details}`);
  }
}

/** The test that notices the mistake in the copy. One that stands elsewhere than named must fail twice. */
async function noticedBy(copy, { named }, files) {
  let left = files.filter((file) => !broken.has(file));
  while (left.length > 0) {
    const limitMs = hangFactor * left.reduce((sum, file) => sum + cleanMs.get(file), 0) + 120_000;
    const { file, reason } = await test(copy, left, limitMs);
    if (reason === undefined) return undefined;
    if (file === undefined || file === named) return reason;
    if ((await test(copy, [file], limitMs)).reason !== undefined) return `${file} "${reason}"`;
    left = left.filter((each) => each !== file);
  }
  return undefined;
}

/** Puts mistakes into the copy, each into another file, while something is done. */
async function withMistakes(copy, mutations, work) {
  const clean = mutations.map((mutation) => read(copy, mutation));
  mutations.forEach(({ file, text, replacement }, index) => {
    // As a function, for a replacement string would expand `$&`.
    writeFileSync(
      join(copy, file),
      clean[index].replace(text, () => replacement),
    );
  });
  try {
    return await work();
  } finally {
    mutations.forEach(({ file }, index) => {
      writeFileSync(join(copy, file), clean[index]);
    });
  }
}

const tryMutation = (copy, list, mutation, files) =>
  withMistakes(copy, [mutation], async () => {
    // The generator's tests do not read what is built: there `--check` is enough.
    if (list.project !== "tsconfig.json" && (await compile(copy, list)).code !== 0)
      return ["does not compile"];
    const test = await noticedBy(copy, mutation, files);
    return test === undefined ? ["SURVIVED"] : ["noticed", test];
  });

/** Compiles one mistake of each file at a time, and each alone where they do not compile together. */
async function checkAll(copy, list, mutations) {
  const compiles = (some) => withMistakes(copy, some, async () => (await compile(copy, list)).code === 0);
  for (let left = mutations; left.length > 0; ) {
    const round = left.filter(({ file }, index) => left.findIndex((each) => each.file === file) === index);
    left = left.filter((mutation) => !round.includes(mutation));
    const isGood = await compiles(round);
    for (const mutation of round) {
      note([isGood || (await compiles([mutation])) ? "compiles" : "does not compile"], mutation);
    }
  }
}

const keyOf = ({ file, what }) => `${file}: ${what}`;
/** The last result of each mistake, of this run and of those before. */
const results = new Map();
function note([result, test], mutation) {
  results.set(keyOf(mutation), result);
  const line = `${result}\t${keyOf(mutation)}${test === undefined ? "" : `\t${test.split("\n")[0]}`}`;
  console.log(line);
  if (!has("check")) appendFileSync(resultsFile, `${line}\n`);
}

async function tryAll(copy, name, list) {
  const all = list.mutations.map(([file, text, replacement, what, named = list.first[file]]) => ({
    file: `${list.source}/${file}`,
    folder: file.split("/")[0],
    text,
    replacement,
    what,
    named: named && `test/${name === "runtime" ? "runtime/" : ""}${named}.test.ts`,
  }));
  const chosen = all.filter((each) => isChosen(each) && results.get(keyOf(each)) !== "noticed");
  const tests = list.tests
    .flatMap((folder) =>
      readdirSync(join(root, "test", folder), { recursive: true }).map((file) => `test/${folder}/${file}`),
    )
    .filter((file) => file.endsWith(".test.ts") && !list.slow.test(file));
  const stages = [
    ({ named }) => (named === undefined ? [] : [named]),
    ({ folder, named }) => tests.filter((file) => list.nearest[folder]?.test(file) && file !== named),
  ];
  if (!has("quick")) {
    stages.push(({ folder, named }) =>
      tests.filter((file) => !list.nearest[folder]?.test(file) && file !== named),
    );
  }
  let left = chosen.filter((mutation) => {
    if (isStale(mutation)) note(["STALE"], mutation);
    return !isStale(mutation);
  });
  const built = await compile(copy, list);
  if (built.code !== 0) throw new Error(`${name} does not compile without a mistake.\n${built.output}`);
  if (has("check")) await checkAll(copy, list, left);
  for (const stage of has("check") ? [] : stages) {
    const survivors = [];
    // The last mistake may still be in what was built.
    await compile(copy, list);
    await testClean(copy, [...new Set(left.flatMap(stage))]);
    for (const mutation of left) {
      const files = stage(mutation);
      const result = await tryMutation(copy, list, mutation, files);
      if (result[0] !== "SURVIVED" || stage === stages.at(-1)) {
        note(result, mutation);
        continue;
      }
      survivors.push(mutation);
      console.log(`not yet noticed\t${keyOf(mutation)}`);
    }
    left = survivors;
  }
  const found = chosen.map((each) => results.get(keyOf(each)));
  console.log(
    `${name}: ${all.length} mistakes, ${chosen.length} tried, ${found.filter((result) => result === "noticed").length} noticed.`,
  );
  if (!has("check") && all.every((each) => results.has(keyOf(each)))) writeScore(name, all);
  return found.every((result) => result === (has("check") ? "compiles" : "noticed"));
}

/** Into the table of docs/architecture.md. */
function writeScore(name, all) {
  const path = join(root, "docs/architecture.md");
  const noticed = all.filter((each) => results.get(keyOf(each)) === "noticed").length;
  const percent = Math.floor((100 * noticed) / all.length);
  const row = `| ${name} | ${noticed} of ${all.length} | ${percent} % | ${new Date().toISOString().slice(0, 10)} |`;
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(new RegExp(`^\\| ${name} \\| \\d+ of .*$`, "m"), row));
}

if (has("continue") && existsSync(resultsFile)) {
  for (const line of readFileSync(resultsFile, "utf8").trim().split("\n")) {
    const [result, key] = line.split("\t");
    results.set(key, result);
  }
} else if (!has("check")) {
  rmSync(resultsFile, { force: true });
}
const copy = copyRepository();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    endRunning();
    rmSync(copy, { recursive: true, force: true });
    process.exit(1);
  });
}
let isGood = true;
try {
  for (const [name, list] of Object.entries(lists)) {
    const only = process.argv.find((option) => option.startsWith("--only="))?.slice(7);
    if (only === undefined || only === name) isGood = (await tryAll(copy, name, list)) && isGood;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exit(isGood ? 0 : 1);

// Puts one mistake at a time (mutations.js) into a copy of the repository and asks whether the runtime's tests notice it.
// The tests that stand nearest run first; with --quick they alone; --check only compiles. Each result is appended to mutate-results.txt in the
// folder for temporary files, and --from=<number> goes on where a run was stopped.
// Usage: node test/mutate.js [--check] [--quick] [--from=<number>] [word in file or description…].
// Exit code 1: one is stale, does not compile or survives.
import { spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { mutations } from "./mutations.js";

/** The clean tests may take this long. */
const cleanLimitMs = 10 * 60_000;
/** A mistake that makes the tests hang is noticed: they take this many times what the clean ones took, and 30 s. */
const hangFactor = 3;
const slow = ["**/fuzz/**", "**/interop/**", "**/faults/**", "**/whole-frames.test.ts"];
/** By the folder of the mistake, the tests that run first. */
const nearest = {
  server: ["server/", "shutdown/", "serve/"],
  connection: ["connection/", "dispatch/", "shutdown/", "server/handshake"],
  push: ["push/"],
  replay: ["replay/"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isChecked = options.includes("--check");
const isQuick = options.includes("--quick");
const from = Number(options.find((option) => option.startsWith("--from="))?.slice(7) ?? 1);
const resultsFile = join(tmpdir(), "mutate-results.txt");
const chosen = mutations
  .slice(from - 1)
  .filter(
    ([file, , , what]) =>
      words.length === 0 || words.some((word) => file.includes(word) || what.includes(word)),
  );
const read = (folder, file) => readFileSync(join(folder, "runtime/src", file), "utf8");
const isStale = ([file, text]) =>
  !existsSync(join(root, "runtime/src", file)) || read(root, file).split(text).length !== 2;

const counts = {};
function note(result, mutation, test) {
  const [file, , , what] = mutation;
  counts[result] = (counts[result] ?? 0) + 1;
  const line = `${mutations.indexOf(mutation) + 1} ${result} ${file}: ${what}${test === undefined ? "" : ` (${test})`}`;
  console.log(line);
  if (!isChecked) appendFileSync(resultsFile, `${line}\n`);
}

/** In a process group of its own, so that what the tests have started ends with it. Resolves with its exit code and output. */
function run(cwd, args, limitMs = cleanLimitMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "ignore"], detached: true });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    const end = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(end, limitMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      end();
      resolve({ code: code ?? "hung", output });
    });
  });
}

const bin = (name, path) => join(root, "node_modules", name, path);
const compile = (copy) =>
  run(copy, [bin("typescript", "bin/tsc"), "-p", "runtime/tsconfig.json", "--incremental"]);
const exclude = slow.flatMap((pattern) => ["--exclude", pattern]);
const vitest = ["run", "--config", "test/vitest.config.ts", "--bail", "1", ...exclude];
const test = (copy, folders, limitMs) =>
  run(copy, [bin("vitest", "vitest.mjs"), ...vitest, ...folders.map((name) => `runtime/${name}`)], limitMs);
const stagesOf = ([file]) => [nearest[file.split("/")[0]], ...(isQuick ? [] : [[""]])];

/** How long the clean tests took, by their folders. */
const cleanMs = new Map();
async function testClean(copy) {
  if ((await compile(copy)).code !== 0) throw new Error("The runtime does not compile without a mistake.");
  for (const folders of chosen.flatMap(stagesOf)) {
    const key = folders.join(" ");
    if (cleanMs.has(key)) continue;
    const start = performance.now();
    if ((await test(copy, folders)).code !== 0) {
      throw new Error(`The tests of runtime/{${key}} fail without a mistake: mend that first.`);
    }
    cleanMs.set(key, performance.now() - start);
  }
}

/** The first test that failed, so that a test that fails by itself does not count for long. */
const failureIn = ({ code, output }) =>
  code === "hung"
    ? "the tests hang"
    : (/FAIL\s+(.*)/.exec(stripVTControlCharacters(output))?.[1] ?? `exit ${code}`);

async function noticedBy(copy, mutation) {
  for (const folders of stagesOf(mutation)) {
    const limitMs = hangFactor * cleanMs.get(folders.join(" ")) + 30_000;
    const result = await test(copy, folders, limitMs);
    if (result.code !== 0) return failureIn(result);
  }
  return undefined;
}

async function tryMutation(copy, mutation) {
  const [file, text, replacement] = mutation;
  const clean = read(copy, file);
  const path = join(copy, "runtime/src", file);
  // As a function, for a replacement string would expand `$&`.
  writeFileSync(
    path,
    clean.replace(text, () => replacement),
  );
  try {
    if ((await compile(copy)).code !== 0) return ["does not compile"];
    if (isChecked) return ["compiles"];
    const test = await noticedBy(copy, mutation);
    return test === undefined ? ["SURVIVED"] : ["noticed", test];
  } finally {
    writeFileSync(path, clean);
  }
}

const fresh = chosen.filter((mutation) => {
  if (isStale(mutation)) note("STALE", mutation);
  return !isStale(mutation);
});
{
  const copy = mkdtempSync(join(tmpdir(), "wsgen-mutate-"));
  const left = /(^|\/)(node_modules|\.git)(\/|$)/;
  cpSync(root, copy, { recursive: true, filter: (path) => !left.test(relative(root, path)) });
  for (const folder of ["node_modules", "runtime/node_modules"]) {
    if (existsSync(join(root, folder))) symlinkSync(join(root, folder), join(copy, folder));
  }
  try {
    if (!isChecked) await testClean(copy);
    for (const mutation of fresh) {
      const [result, test] = await tryMutation(copy, mutation);
      note(result, mutation, test);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
console.log(`${mutations.length} mistakes, ${chosen.length} chosen: ${JSON.stringify(counts)}`);
const isGood = Object.keys(counts).every((result) => result === (isChecked ? "compiles" : "noticed"));
process.exit(isGood ? 0 : 1);

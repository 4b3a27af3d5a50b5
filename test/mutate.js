// Puts one mistake at a time (mutations.js) into a copy of the repository and asks whether the runtime's tests notice it.
// Usage: node test/mutate.js [--check] [word in file or description…]. Exit code 1: one is stale, does not compile or survives.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { mutations } from "./mutations.js";

/** What one mistake may take; one that makes the tests hang is noticed. */
const limitMs = 5 * 60_000;
const slow = ["**/fuzz/**", "**/interop/**", "**/faults/**", "**/whole-frames.test.ts"];

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== "--check");
const isChecked = process.argv.includes("--check");
const chosen = mutations.filter(
  ([file, , , what]) =>
    words.length === 0 || words.some((word) => file.includes(word) || what.includes(word)),
);
const read = (folder, file) => readFileSync(join(folder, "runtime/src", file), "utf8");
const isStale = ([file, text]) =>
  !existsSync(join(root, "runtime/src", file)) || read(root, file).split(text).length !== 2;

const counts = {};
function note(result, [file, , , what]) {
  counts[result] = (counts[result] ?? 0) + 1;
  console.log(`${result.padEnd(15)}${file}: ${what}`);
}

/** In a process group of its own, so that what the tests have started ends with it. Resolves with the exit code. */
function run(cwd, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: "ignore", detached: true });
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
      resolve(code ?? 1);
    });
  });
}

const bin = (name, path) => join(root, "node_modules", name, path);
const compile = (copy) => run(copy, [bin("typescript", "bin/tsc"), "-p", "runtime/tsconfig.json"]);
const exclude = slow.flatMap((pattern) => ["--exclude", pattern]);
const tests = ["run", "--config", "test/vitest.config.ts", "--bail", "1", ...exclude, "runtime/"];
const test = (copy) => run(copy, [bin("vitest", "vitest.mjs"), ...tests]);

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
    if ((await compile(copy)) !== 0) return "does not compile";
    return (await test(copy)) === 0 ? "SURVIVED" : "noticed";
  } finally {
    writeFileSync(path, clean);
  }
}

const fresh = chosen.filter((mutation) => {
  if (isStale(mutation)) note("STALE", mutation);
  return !isStale(mutation);
});
if (!isChecked) {
  const copy = mkdtempSync(join(tmpdir(), "wsgen-mutate-"));
  const left = /(^|\/)(node_modules|\.git)(\/|$)/;
  cpSync(root, copy, { recursive: true, filter: (path) => !left.test(relative(root, path)) });
  for (const folder of ["node_modules", "runtime/node_modules"]) {
    if (existsSync(join(root, folder))) symlinkSync(join(root, folder), join(copy, folder));
  }
  try {
    if ((await compile(copy)) !== 0 || (await test(copy)) !== 0) {
      throw new Error("The tests fail without a mistake: mend that first.");
    }
    for (const mutation of fresh) note(await tryMutation(copy, mutation), mutation);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
console.log(`${mutations.length} mistakes, ${chosen.length} chosen: ${JSON.stringify(counts)}`);
const isGood = Object.keys(counts).every((result) => result === "noticed");
process.exit(isGood ? 0 : 1);

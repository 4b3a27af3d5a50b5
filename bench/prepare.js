// What a run needs: the installed peers, the runtime as it is built now, the compiled load generator.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = join(folder, "..");
const built = join(folder, "dist");

/** Makes everything ready. @returns the path of the generator and the URL of the runtime */
export function prepare(say) {
  mkdirSync(built, { recursive: true });
  installPeers(say);
  say("build wsgen-runtime");
  const runtime = join(built, "wsgen-runtime");
  run("npx", ["--no-install", "tsc", "-p", "runtime", "--outDir", runtime, "--declaration", "false"], root);
  return { generator: compileGenerator(say), runtime: pathToFileURL(join(runtime, "index.js")).href };
}

/** Installs when the lockfile is newer than what is installed. */
function installPeers(say) {
  const marker = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(marker) && modifiedMs(marker) >= modifiedMs(join(folder, "package-lock.json"))) return;
  say("install the other servers");
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
}

function compileGenerator(say) {
  const source = join(folder, "load", "generator.cpp");
  const program = join(built, "generator");
  if (existsSync(program) && modifiedMs(program) > modifiedMs(source)) return program;
  say("compile the load generator");
  const compiler = process.env.CXX ?? "g++";
  try {
    run(compiler, ["-O2", "-std=c++17", "-Wall", "-Wextra", "-o", program, source], folder);
  } catch (cause) {
    const message = `The load generator is written in C++ and could not be compiled with ${compiler}: install g++, or name another compiler in CXX. It needs Linux (epoll).`;
    throw new Error(message, { cause });
  }
  return program;
}

/** The versions of installed packages. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;

const modifiedMs = (path) => statSync(path).mtimeMs;

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ["ignore", 2, 2] });
}

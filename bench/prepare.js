// What a run needs: the installed peers, the packages as they are built now, the compiled programs that measure.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = join(folder, "..");
const built = join(folder, "dist");

/** Makes everything ready for servers. @returns the path of the load generator and the URL of the runtime */
export function prepare(say) {
  installPeers(say);
  say("build wsgen-runtime");
  const runtime = join(built, "wsgen-runtime");
  run("npx", ["--no-install", "tsc", "-p", "runtime", "--outDir", runtime, "--declaration", "false"], root);
  const generator = compile("load/generator.cpp", "The load generator", say);
  return { generator, runtime: pathToFileURL(join(runtime, "index.js")).href };
}

/** Makes everything ready for generators. @returns the path of the program that runs commands */
export function prepareGenerators(say) {
  installPeers(say);
  say("build wsgen");
  run("npm", ["run", "build", "--silent"], root, "ignore");
  return compile("generators/run-command.cpp", "The program that measures commands", say);
}

/** Installs when the lockfile is newer than what is installed. */
function installPeers(say) {
  const marker = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(marker) && modifiedMs(marker) >= modifiedMs(join(folder, "package-lock.json"))) return;
  say("install the others");
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
}

function compile(file, what, say) {
  const source = join(folder, file);
  const program = join(built, basename(file, ".cpp"));
  if (existsSync(program) && modifiedMs(program) > modifiedMs(source)) return program;
  say(`compile ${file}`);
  mkdirSync(built, { recursive: true });
  const compiler = process.env.CXX ?? "g++";
  try {
    run(compiler, ["-O2", "-std=c++17", "-Wall", "-Wextra", "-o", program, source], folder);
  } catch (cause) {
    const message = `${what} is written in C++ and could not be compiled with ${compiler}: install g++, or name another compiler in CXX. It needs Linux.`;
    throw new Error(message, { cause });
  }
  return program;
}

/** The versions of installed packages. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;

const modifiedMs = (path) => statSync(path).mtimeMs;

function run(command, args, cwd, stdout = 2) {
  execFileSync(command, args, { cwd, stdio: ["ignore", stdout, 2] });
}

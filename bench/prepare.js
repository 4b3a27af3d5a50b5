// What a run needs: the installed peers, the packages as they are built now, the compiled programs that measure.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "./processes.js";
import { copyProject, makeProject, projectName } from "./project.js";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = join(folder, "..");
const built = join(folder, "dist");

/**
 * Makes everything ready for servers.
 * @returns the path of the load generator, and the generated projects: where they are and which port they listen on
 */
export async function prepare(say, { servers, scenarios }) {
  installPeers(say);
  say("build wsgen");
  run("npm", ["run", "build", "--silent"], root, "ignore");
  const generator = compile("load/generator.cpp", "The load generator", say, ["-lssl", "-lcrypto"]);
  const certificate = makeCertificate();
  const projects = {};
  for (const tls of new Set(scenarios.map(({ tls = false }) => tls))) {
    say(`generate a project${tls ? " with TLS" : ""}`);
    const port = await findFreePort();
    const folder = join(built, "projects", tls ? "secure" : "plain");
    mkdirSync(join(built, "projects"), { recursive: true });
    makeProject(folder, { port, ...(tls && { tls: certificate }) });
    projects[projectName(tls, "wsgen")] = { folder, port };
    for (const { id, runtime } of servers.filter((server) => server.runtime !== undefined)) {
      const copy = `${folder}-${id.replaceAll(/\W/g, "-")}`;
      copyProject(folder, copy, (dist) => cpSync(runtime, dist, { recursive: true, force: true }));
      projects[projectName(tls, id)] = { folder: copy, port };
    }
  }
  return { generator, projects, certificate };
}

/** For 127.0.0.1, signed by itself. */
function makeCertificate() {
  const [cert, key] = ["certificate.pem", "key.pem"].map((name) => join(built, name));
  if (!existsSync(cert)) {
    mkdirSync(built, { recursive: true });
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"];
    run(
      "openssl",
      ["req", "-x509", ...made, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert],
      built,
      "ignore",
    );
  }
  return { cert, key };
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

function compile(file, what, say, libraries = []) {
  const source = join(folder, file);
  const program = join(built, basename(file, ".cpp"));
  if (existsSync(program) && modifiedMs(program) > modifiedMs(source)) return program;
  say(`compile ${file}`);
  mkdirSync(built, { recursive: true });
  const compiler = process.env.CXX ?? "g++";
  try {
    run(compiler, ["-O2", "-std=c++17", "-Wall", "-Wextra", "-o", program, source, ...libraries], folder);
  } catch (cause) {
    const message = `${what} is written in C++ and could not be compiled with ${compiler}: install g++ and libssl-dev, or name another compiler in CXX. It needs Linux.`;
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

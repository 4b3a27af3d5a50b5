// The measured server of wsgen: a project as users have it, generated from a spec, its commands filled in, and built.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const wsgen = fileURLToPath(new URL("../bin/wsgen.js", import.meta.url));

/** What starts the server, below the project's folder. */
export const mainFile = "dist/src/main.js";

/** The name of a project: with TLS or without, for a server of the list. */
export const projectName = (tls, id) => `${tls ? "secure" : "plain"} ${id}`;

/** Hooks, validators and options are those of the scaffold; the log has level info, as a server in production has. */
const spec = (port, tls, config) => `wsgen: 1
name: bench
modules:
  bench:
    port: ${port}
    urls: [ws]
    config:
      host: 127.0.0.1
      logLevel: info
${tls === undefined ? "" : `      tls: ${JSON.stringify(tls)}\n`}${config.map((line) => `      ${line}\n`).join("")}    commands:
      echo:
        request: &text
          type: object
          required: [text]
          properties: { text: { type: string, maxLength: 2048 } }
        reply: *text
      broadcast:
        request: &numbered
          type: object
          required: [n, text]
          properties: { n: { type: integer, minimum: 0 }, text: { type: string, maxLength: 2048 } }
    events:
      message: { data: *numbered }
`;

const bodies = {
  echo: "return { text: data.text };",
  broadcast: "return void benchEvents(ctx).message.all.emit({ n: data.n, text: data.text });",
};

/**
 * Makes the project anew.
 * @param {string} folder
 * @param {{ port: number, tls?: { cert: string, key: string }, config?: string[] }} options the port that it listens on, and
 * more lines of the module's `config`
 */
export function makeProject(folder, { port, tls, config = [] }) {
  rmSync(folder, { recursive: true, force: true });
  const specFile = `${folder}.yaml`;
  writeFileSync(specFile, spec(port, tls, config));
  execFileSync(process.execPath, [wsgen, "new", "project", folder, "--spec", specFile, "--quiet"], {
    stdio: ["ignore", 2, 2],
  });
  for (const [name, body] of Object.entries(bodies)) fillIn(folder, name, body);
  execFileSync("npm", ["run", "build", "--silent"], { cwd: folder, stdio: ["ignore", 2, 2] });
}

function fillIn(folder, name, body) {
  const file = join(folder, `src/modules/bench/commands/${name}.command.ts`);
  const stub = readFileSync(file, "utf8");
  const filled = stub
    .replace(/throw new NotImplementedError\(.*\);/, body)
    .replaceAll(/\b_(ctx|data)\b/g, "$1")
    .replace(/, NotImplementedError\b|NotImplementedError, /, "");
  const imported = body.includes("benchEvents")
    ? filled.replace(/^(import .*)\{(.*\.\.\/bench\.gen\.js)/m, "$1{ benchEvents,$2")
    : filled;
  writeFileSync(file, imported);
}

/** A copy of a project with files of another build of wsgen-runtime; everything else is the original's. */
export function copyProject(project, copy, changeRuntime) {
  const modules = join(copy, "node_modules");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const name of ["package.json", "dist"])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  for (const name of readdirSync(join(project, "node_modules"))) {
    const original = join(project, "node_modules", name);
    if (name === "wsgen-runtime") cpSync(original, join(modules, name), { recursive: true });
    else symlinkSync(original, join(modules, name));
  }
  changeRuntime(join(modules, "wsgen-runtime/dist"));
}

// From a clone to a conversation: builds wsgen, generates an example (`chat`, or `board` if it is named) outside the repository,
// installs and starts it, talks to it with real clients, and cleans up. `--keep` leaves the folder and the running server.
// `--nodes 3` shows a cluster instead: three processes, a kill and a resume (`cluster/demo.js`).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { converse } from "./chat/conversation.js";
import { Steps } from "./steps.js";

const nodes = process.argv.indexOf("--nodes");
if (nodes !== -1) {
  const count = Number(process.argv[nodes + 1]);
  if (!Number.isInteger(count) || count < 2 || count > 9) {
    console.error("--nodes takes the number of processes: 2 to 9.");
    process.exit(2);
  }
  const { showCluster } = await import("./cluster/demo.js");
  await showCluster(count);
  process.exit();
}

const root = fileURLToPath(new URL("..", import.meta.url));
const keep = process.argv.includes("--keep");
const name = process.argv.includes("board") ? "board" : "chat";
const startDeadlineMs = 60_000;
const print = (line) => console.log(`    ${line}`);

/** What differs between the examples. */
const { ports, packages, test, prepare, talk, next } = {
  chat: {
    ports: [10099, 10100],
    packages: [],
    test: () => steps.run("npm test, which says what is left to write", tellWhatIsLeft),
    prepare: () => {},
    talk: () => converse(print),
    next: [
      "http://localhost:10099/chat/web               two windows of it talk with each other",
      `npx wscat -c "ws://localhost:10099/chat/ws?name=me"   then type {"command":"ping"}`,
      "npx wsgen add command chat shout --request text:string",
    ],
  },
  board: {
    ports: [10110],
    packages: ["node-sqlite3-wasm"],
    test: () => steps.run("npm test", (log) => run(log, folder, "npm", ["test"])),
    prepare: () =>
      steps.run("write three users and a board into board.db", (log) =>
        run(log, folder, process.execPath, ["dist/src/example-data.js", "board.db"]),
      ),
    talk: () =>
      run((chunk) => print(chunk.toString().trim()), folder, process.execPath, ["dist/test/conversation.js"]),
    next: ["node dist/test/conversation.js                again: the board has what was written"],
  },
}[name];

const example = join(root, "examples", name);
const parent = await mkdtemp(join(tmpdir(), "wsgen-demo-"));
const folder = join(parent, `${name}-server`);
const steps = new Steps();
let server;

try {
  await steps.run("look for free ports", refuseTakenPorts);
  await steps.run("build wsgen and its runtime", (log) => run(log, root, "npm", ["run", "build"]));
  await steps.run(`generate the project from examples/${name}/wsgen.yaml`, (log) =>
    run(log, root, process.execPath, [
      ...["bin/wsgen.js", "new", "project", folder, "--no-install"],
      ...["--spec", join(example, "wsgen.yaml")],
    ]),
  );
  await steps.run(`fill in the commands from examples/${name}`, async () => {
    for (const part of (await readdir(example)).filter((entry) => !entry.includes(".")))
      await cp(join(example, part), join(folder, part), { recursive: true });
  });
  await steps.run(["npm install", ...packages].join(" "), (log) =>
    run(log, folder, "npm", ["install", "--no-audit", "--no-fund", ...packages]),
  );
  await test();
  await prepare();
  await steps.run("npm start", startServer);
  await steps.run("talk to it", talk);
  console.log(closingWords());
} catch (error) {
  steps.explain(error);
  process.exitCode = 1;
} finally {
  if (!keep || process.exitCode === 1) await stopServer();
  if (!keep) await rm(parent, { recursive: true, force: true });
}
// With --keep the server goes on without us.
if (keep) process.exit();

/** Runs a program to its end; what it prints goes to the step's log. */
async function run(log, cwd, program, args) {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", log);
  child.stderr.on("data", log);
  const [code, signal] = await once(child, "close");
  if (code !== 0)
    throw new Error(`${[program, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}.`);
}

/** The chat example leaves one command to you; the generated tests say which. */
async function tellWhatIsLeft(log) {
  const output = [];
  const ended = run(
    (chunk) => {
      log(chunk);
      output.push(chunk);
    },
    folder,
    "npm",
    ["test"],
  );
  const failed = await ended.then(
    () => false,
    () => true,
  );
  const left = /The command "\w+" is not written yet: [^'"\n]*/.exec(output.join(""));
  if (!failed || left === null)
    throw new Error("npm test should have told of the command that is not written yet.");
  console.log(`    ${left[0]}`);
}

async function startServer(log) {
  // Its own process group: npm does not always pass a signal on to what it started.
  server = spawn("npm", ["start"], {
    cwd: folder,
    stdio: ["ignore", keep ? "ignore" : "pipe", keep ? "ignore" : "pipe"],
    detached: true,
  });
  server.stdout?.on("data", log);
  server.stderr?.on("data", log);
  const ended = once(server, "close").then(([code]) => {
    throw new Error(`npm start ended with exit code ${code} before the server listened.`);
  });
  ended.catch(() => {});
  await Promise.race([Promise.all(ports.map(waitForPort)), ended]);
}

async function stopServer() {
  if (server === undefined || server.exitCode !== null) return;
  const closed = once(server, "close");
  process.kill(-server.pid, "SIGTERM");
  await closed;
}

async function refuseTakenPorts() {
  for (const port of ports) {
    if (await isOpen(port))
      throw new Error(`Port ${port} is in use; the example listens on ${ports.join(" and ")}.`);
  }
}

async function waitForPort(port) {
  const deadline = Date.now() + startDeadlineMs;
  while (!(await isOpen(port))) {
    if (Date.now() > deadline)
      throw new Error(`Nothing listens on port ${port} after ${startDeadlineMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isOpen(port) {
  const socket = createConnection({ port, host: "127.0.0.1" });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function closingWords() {
  if (keep) {
    return [
      "",
      `The project is in ${folder}, and the server is running (process group ${server.pid}).`,
      `  cd ${folder}`,
      ...next.map((line) => `  ${line}`),
      `  kill -TERM -- -${server.pid}                          to stop it`,
    ].join("\n");
  }
  return [
    "",
    "That was a server generated from a spec. To go on:",
    `  npm run demo -- ${name} --keep            leaves the folder and the server running`,
    "  npx wsgen new project ../my-app        makes one of your own",
  ].join("\n");
}

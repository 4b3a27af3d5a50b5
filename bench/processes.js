// The processes of a measurement: one server, one load generator, each pinned to a core of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mainFile, projectName } from "./project.js";

const startDeadlineMs = 30_000;
/** Loaded into every server that is measured. */
const observer = new URL("servers/observer.js", import.meta.url).href;

/** Can processes be pinned? Without that the two share the cores as the system likes. */
export const canPin = availableParallelism() > 1 && works("taskset", ["--version"]);

function works(command, args) {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const pinned = (core, command) => (canPin ? ["taskset", "-c", String(core), ...command] : command);

/** The command line, the folder and the environment of a server. */
export function serverCommand(server, { port, cores, nodeOptions, projects, tls, certificate }) {
  const project = server.file === undefined ? projectOf(server, { projects, tls }) : undefined;
  const file = project
    ? join(project.folder, mainFile)
    : fileURLToPath(new URL(`servers/${server.file}`, import.meta.url));
  // ws would use these native parts where another package has brought them along; `npm install ws` does not.
  const env = { ...process.env, WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1", NODE_ENV: "production" };
  env.PORT = String(port);
  if (tls) Object.assign(env, { TLS_CERT: certificate.cert, TLS_KEY: certificate.key });
  const command = pinned(cores[0], [process.execPath, "--expose-gc", ...nodeOptions, file]);
  return { command, env, cwd: project?.folder };
}

/** A generated project listens on the port of its spec. */
const projectOf = ({ id }, { projects, tls }) => projects[projectName(tls, id)];

/** The port that a server is to listen on. */
export const choosePort = async (server, setting) =>
  server.file === undefined ? projectOf(server, setting).port : findFreePort();

/** Starts a server and waits until it listens. */
export async function startServer(server, setting) {
  const nodeOptions = ["--import", observer, ...setting.nodeOptions];
  const { command, env, cwd } = serverCommand(server, { ...setting, nodeOptions });
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await waitUntilListening(child, server.id, setting.port);
  return {
    pid: child.pid,
    async usage() {
      child.send("usage");
      const [usage] = await once(child, "message");
      return usage;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(setting.nodeOptions.length > 0 ? "SIGTERM" : "SIGKILL");
      await ended;
    },
  };
}

async function waitUntilListening(child, id, port) {
  for (const end = Date.now() + startDeadlineMs; Date.now() < end; await setTimeout(20)) {
    const status = child.exitCode ?? child.signalCode;
    if (status !== null) throw new Error(`${id} ended with ${status}`);
    if (await canConnect(port)) return;
  }
  child.kill("SIGKILL");
  throw new Error(`${id} did not start`);
}

async function canConnect(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs the load generator to its end. @returns what it measured */
export async function generateLoad(generator, core, args, options = {}) {
  const idle = startGenerator(generator, core, args, options);
  return JSON.parse(await idle.output);
}

/** Starts the load generator. `output` rejects with what it complains about. */
export function startGenerator(generator, core, args, options = {}) {
  const [command, ...rest] = pinned(core, [generator, ...args]);
  const child = spawn(command, rest, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      texts[name] += text;
    });
  }
  const output = once(child, "close").then(([code]) => {
    if (code === 0) return texts.stdout;
    throw new Error(texts.stderr.trim() || `the load generator ended with ${code}`);
  });
  return { child, output };
}

/** A port that nobody listens on. */
export async function findFreePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

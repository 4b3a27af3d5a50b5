// The processes of a measurement: one server, one load generator, each pinned to a core of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const startDeadlineMs = 30_000;

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

/** The command line and the environment of a server. */
export function serverCommand(server, { port, cores, runtime, nodeOptions }) {
  const file = fileURLToPath(new URL(`servers/${server.file}`, import.meta.url));
  // ws would use these native parts where another package has brought them along; `npm install ws` does not.
  const env = { ...process.env, WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1", NODE_ENV: "production" };
  env.PORT = String(port);
  env.WSGEN_RUNTIME = server.runtime ?? runtime;
  return { command: pinned(cores[0], [process.execPath, "--expose-gc", ...nodeOptions, file]), env };
}

/** Starts a server and waits until it listens. */
export async function startServer(server, setting) {
  const { command, env } = serverCommand(server, setting);
  const child = spawn(command[0], command.slice(1), { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await within(
    startDeadlineMs,
    `${server.id} did not start`,
    Promise.race([once(child, "message"), failure(child, server.id)]),
  );
  return {
    pid: child.pid,
    async memory() {
      child.send("memory");
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

async function failure(child, id) {
  const [code, signal] = await once(child, "exit");
  throw new Error(`${id} ended with ${code ?? signal}`);
}

async function within(limitMs, message, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs the load generator to its end. @returns what it measured */
export async function generateLoad(generator, core, args, env = process.env) {
  const idle = startGenerator(generator, core, args, env);
  return JSON.parse(await idle.output);
}

/** Starts the load generator. `output` rejects with what it complains about. */
export function startGenerator(generator, core, args, env = process.env) {
  const [command, ...rest] = pinned(core, [generator, ...args]);
  const child = spawn(command, rest, { env, stdio: ["pipe", "pipe", "pipe"] });
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

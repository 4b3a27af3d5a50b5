// One measurement: one server in one scenario, each time in a fresh process.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { choosePort, generateLoad, serverCommand, startGenerator, startServer } from "./processes.js";

/** V8 compiles the code of a message within this time. */
export const usualWarmupMs = 1_500;
const key = "bG9hZCBnZW5lcmF0b3IuIQ==";
/** RFC 6455 §1.3 */
const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/**
 * @param setting `{generator, projects, certificate, cores, seconds, nodeOptions}`
 * @param load `{server, scenario, rate}`; the rate in requests per second where the loop is open
 * @returns the figures of the generator, and those that are computed from them
 */
export async function measure(general, load) {
  const { tls = false } = load.scenario;
  const setting = { ...general, tls };
  const port = await choosePort(load.server, setting);
  const args = generatorArguments(setting, load, port);
  if (load.scenario.mode === "start") return measureStart(setting, load, { port, args });
  const server = await startServer(load.server, { ...setting, port });
  try {
    if (load.scenario.mode === "idle") return await measureMemory(setting, load, { server, args });
    const figures = await generateLoad(setting.generator, setting.cores[1], [
      ...args,
      "--server-pid",
      String(server.pid),
    ]);
    return {
      ...figures,
      cpuPerUnit: figures.serverCpu / figures.count,
      generatorCpuPerUnit: figures.generatorCpu / figures.count,
    };
  } finally {
    await server.stop();
  }
}

function generatorArguments(setting, { server, scenario, rate }, port) {
  const { protocol } = server;
  const { mode, connections, inFlight = 1, text = "" } = scenario;
  const options = {
    port,
    path: protocol.path,
    key,
    accept,
    connections,
    "in-flight": inFlight,
    rate: Math.round(rate ?? 0),
    "warmup-ms": scenario.warmupMs ?? usualWarmupMs,
    "measure-ms": setting.seconds * 1_000,
    tls: Number(scenario.tls ?? false),
    request: protocol.request(text),
    reply: protocol.reply(text),
    broadcast: protocol.broadcast(text),
    event: protocol.event(text),
    ...protocol.hello,
  };
  return [mode, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])];
}

function measureStart(setting, { server }, { port, args }) {
  const { command, env, cwd } = serverCommand(server, { ...setting, port });
  return generateLoad(setting.generator, setting.cores[1], [...args, "--", ...command], { env, cwd });
}

async function measureMemory(setting, { scenario }, { server, args }) {
  const before = await server.usage();
  const { child, output } = startGenerator(setting.generator, setting.cores[1], args);
  await Promise.race([once(child.stdout, "data"), output]);
  const after = await server.usage();
  child.stdin.end("\n");
  await output;
  const grown = (name) => (after[name] - before[name]) / scenario.connections;
  return {
    count: scenario.connections,
    bytesPerConnection: grown("rss"),
    heapPerConnection: grown("heapUsed"),
  };
}

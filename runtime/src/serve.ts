import { ClusterMembers } from "./cluster/join-clusters.js";
import { LivenessClock } from "./connection/heartbeat.js";
import type { ModuleRuntime } from "./connection/module-runtime.js";
import { Observers } from "./connection/observers.js";
import type { AnyModule } from "./contract.js";
import { Mode } from "./errors.js";
import { createModuleLogger } from "./logging/logger.js";
import { openMetrics, planMetrics } from "./operations/metrics/open-metrics.js";
import {
  type LoggedModule,
  openAdmin,
  openInspector,
  openProfiling,
  planAdmin,
} from "./operations/open-operations.js";
import type { OperationsServer, ServerState } from "./operations/operations-server.js";
import { openTraces } from "./operations/traces/open-traces.js";
import { ModuleDirectory } from "./push/server-modules.js";
import { type CheckedModule, checkModules, planListeners } from "./server/check-modules.js";
import { Health } from "./server/health.js";
import { Listener } from "./server/listener.js";
import { RunningServe, type WebsocketServe } from "./server/running-serve.js";
import { closeByRequest } from "./server/shutdown.js";
import { startModule } from "./server/start-module.js";
import type { RoutedModule } from "./server/web-socket-route.js";

/**
 * Opens all listeners of the modules, or none. The steps:
 *
 * 1. check what the modules return: `checkModules`
 * 2. make the logger of each module: `createModuleLogger`
 * 3. plan the admin API, the metrics and the listeners: `planAdmin`, `planMetrics`, `planListeners`
 * 4. join the clusters: `ClusterMembers`
 * 5. start all modules, begin to observe, then listen on each port: `startModule`, `openTraces`, `openMetrics`, `Listener`. A connection can
 *    reach every module
 * 6. open the ports for profiles and the admin API
 *
 * @param toPort maps the port that a module declares to the port to listen on. The test kit uses it
 * @param isTest leaves out a cluster that the spec names, so that generated tests need no engine
 * @throws StartError or ConfigurationError that names the module and the reason
 */
export async function openServe(
  modules: readonly AnyModule[],
  toPort = (declared: number): number => declared,
  isTest = false,
): Promise<RunningServe> {
  const checked = checkModules(modules).map((module) => ({
    ...module,
    logger: createModuleLogger(module.flag, module.config),
  }));
  const clock = new LivenessClock(shortestWatchedMs(checked));
  const directory = new ModuleDirectory();
  const observers = new Observers(checked[0]?.logger.logger);
  let running: RunningServe | undefined;
  const health = new Health(
    checked.map(({ config, logger }) => ({ config, log: logger.logger })),
    () => running?.isReady === true,
    () => clusters.isWhole,
  );
  const clusters = new ClusterMembers({ isTest });
  const start = (module: LoggedModule): RoutedModule => ({
    runtime: startModule(module, module.logger.logger, {
      ...{ clock, directory, observers },
      member: clusters.find(module.config),
    }),
    routes: module.routes,
    commands: module.commands,
  });
  const listeners: Listener[] = [];
  const operations: OperationsServer[] = [];
  const release = async () => {
    await clusters.close();
    await Promise.all(operations.map((server) => server.close()));
    await Promise.all(checked.map(({ logger }) => logger.close()));
  };
  try {
    const adminPlan = planAdmin(checked);
    const metricsPlan = planMetrics(checked);
    await clusters.join(checked);
    const ports = [...planListeners(checked)].map(
      ([port, [first, ...others]]) => [port, [start(first), ...others.map(start)]] as const,
    );
    const runtimes = ports.flatMap(([, started]) => started.map(({ runtime }) => runtime));
    await openTraces(checked, observers, operations);
    await openMetrics(metricsPlan, { modules: runtimes, observers }, operations);
    await clusters.ready();
    for (const [port, started] of ports) {
      const listener = new Listener(started, health);
      await listener.open(toPort(port));
      listeners.push(listener);
    }
    await openProfiling(checked, adminPlan?.tokens, operations);
    const serve = new RunningServe(listeners, observers, release);
    running = serve;
    const operated = listeners.flatMap(({ modules, address: { port, isSecure } }) =>
      modules.map((module) => {
        const { logger } = checked.find(({ flag }) => flag === module.runtime.flag) ?? {};
        return { ...module, port, isSecure, levels: logger?.levels };
      }),
    );
    const state = {
      modules: operated,
      observers,
      isReady: () => health.isReady(),
      readiness: () => health.readiness(),
      isClosing: () => !serve.isReady,
      drain: controlDrain(serve),
    };
    serve.admin = await openAdmin(adminPlan, state, operations);
    serve.inspector = await openInspector(checked, state, operations);
    logMode(listeners.flatMap(({ modules }) => modules.map(({ runtime }) => runtime)));
    // After the code that follows `await newWebsocketServe()`: a reader of "listening" may send a signal at once, and
    // closeOnSignals() has to be called by then. What can fail happens here; a logger never throws.
    const lines = listeners.flatMap(describeListening);
    process.nextTick(() => {
      if (serve.isReady) for (const { log, ...fields } of lines) log.info(fields, "listening");
    });
    return serve;
  } catch (error) {
    directory.forget(modules);
    await Promise.all(listeners.map((listener) => listener.stopAccepting()));
    await release();
    throw error;
  }
}

/** For the admin API. */
function controlDrain(serve: RunningServe): ServerState["drain"] {
  let isAsked = false;
  return {
    prepare() {
      if (isAsked || !serve.isReady) return false;
      isAsked = true;
      return true;
    },
    begin: (options) => closeByRequest(serve, options),
    describe: () => serve.ending,
  };
}

function shortestWatchedMs(modules: readonly CheckedModule[]): number {
  const seconds = modules.flatMap(({ config }) => [config.pingPeriod, config.pongWait, config.writeWait]);
  return Math.min(...seconds) * 1_000;
}

const debugMode =
  'debug mode: clients see the messages of unexpected errors, and any origin may connect unless setAllowedOrigins is set; use NODE_ENV=production or setMode("product") in production';

/** Logs one line for all modules, in the log of the first. If the modes differ, `debug` lists the modules in debug mode. */
function logMode(modules: readonly ModuleRuntime[]): void {
  const debug = modules.filter(({ config }) => config.mode === Mode.debug).map(({ flag }) => flag);
  const isMixed = debug.length > 0 && debug.length < modules.length;
  const fields = { mode: debug.length > 0 ? Mode.debug : Mode.product, ...(isMixed ? { debug } : {}) };
  modules[0]?.log.info(fields, debug.length > 0 ? debugMode : "product mode");
}

/** The fields of the line "listening" of each module, with its log. */
function describeListening({ address: { host, port, isSecure }, modules }: Listener) {
  return modules.map(({ runtime: { log }, routes }) => ({
    ...{ log, host, port, isSecure },
    routes: routes.map(({ pattern }) => pattern),
  }));
}

/**
 * Starts all modules, or none. If the promise is not awaited, a failed start prints the message and ends the process
 * with exit code 1.
 * @throws StartError or ConfigurationError that names the module and the reason: a duplicate flag or command, an
 * invalid pattern or option, a port in use
 */
export function newWebsocketServe(...modules: readonly AnyModule[]): Promise<WebsocketServe> {
  return openServe(modules);
}

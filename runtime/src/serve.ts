import { LivenessClock } from "./connection/heartbeat.js";
import type { ModuleRuntime } from "./connection/module-runtime.js";
import type { IWebsocket } from "./contract.js";
import { Mode } from "./errors.js";
import { createModuleLogger } from "./logging/logger.js";
import {
  adminModules,
  type LoggedModule,
  openAdmin,
  openProfiling,
  planAdmin,
} from "./operations/open-operations.js";
import type { OperationsServer } from "./operations/operations-server.js";
import { type CheckedModule, checkModules, planListeners } from "./server/check-modules.js";
import { Listener } from "./server/listener.js";
import { RunningServe, type WebsocketServe } from "./server/running-serve.js";
import { startModule } from "./server/start-module.js";
import type { RoutedModule } from "./server/web-socket-route.js";

/** How a serve is opened; the test kit listens elsewhere than the modules say. */
export interface OpenOptions {
  /** The port to listen on for the port that modules return. Default: that one. */
  readonly toPort?: (declared: number) => number;
}

/**
 * Opens all listeners of the modules or none. The steps:
 *
 * 1. check what the modules return: `checkModules`
 * 2. make the logger of each module: `createModuleLogger`
 * 3. plan the admin API and the listeners: `planAdmin`, `planListeners`
 * 4. for each port: start its modules, then listen: `startModule`, `Listener`
 * 5. open the ports for profiles and the admin API
 *
 * @throws StartError or ConfigurationError, naming the module and the reason
 */
export async function openServe(
  modules: readonly IWebsocket[],
  options: OpenOptions = {},
): Promise<RunningServe> {
  const { toPort = (declared) => declared } = options;
  const checked = checkModules(modules).map((module) => ({
    ...module,
    logger: createModuleLogger(module.flag, module.config),
  }));
  const clock = new LivenessClock(shortestWatchedMs(checked));
  const start = (module: LoggedModule): RoutedModule => ({
    runtime: startModule(module, module.logger.logger, clock),
    routes: module.routes,
  });
  const listeners: Listener[] = [];
  const operations: OperationsServer[] = [];
  const release = async () => {
    await Promise.all(operations.map((server) => server.close()));
    await Promise.all(checked.map(({ logger }) => logger.close()));
  };
  try {
    const adminPlan = planAdmin(checked);
    for (const {
      port,
      modules: [first, ...others],
    } of planListeners(checked)) {
      const listener = new Listener([start(first), ...others.map(start)]);
      await listener.open(toPort(port));
      listeners.push(listener);
    }
    await openProfiling(checked, adminPlan?.token, operations);
    const serve = new RunningServe(listeners, release);
    const state = { modules: adminModules(checked, listeners), isReady: () => serve.isReady };
    serve.admin = await openAdmin(adminPlan, state, operations);
    logMode(listeners.flatMap(({ modules }) => modules.map(({ runtime }) => runtime)));
    for (const listener of listeners) logListening(listener);
    return serve;
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.stopAccepting()));
    await release();
    throw error;
  }
}

function shortestWatchedMs(modules: readonly CheckedModule[]): number {
  const seconds = modules.flatMap(({ config }) => [config.pingPeriod, config.pongWait, config.writeWait]);
  return Math.min(...seconds) * 1_000;
}

const debugMode =
  'debug mode: clients see the messages of unexpected errors, and pages of any origin may connect where setAllowedOrigins is not set; NODE_ENV=production or setMode("product") ends that';

/** One line for all modules, in the log of the first; `debug` names those that are in debug mode where others are not. */
function logMode(modules: readonly ModuleRuntime[]): void {
  const debug = modules.filter(({ config }) => config.mode === Mode.debug).map(({ flag }) => flag);
  const isMixed = debug.length > 0 && debug.length < modules.length;
  const fields = { mode: debug.length > 0 ? Mode.debug : Mode.product, ...(isMixed ? { debug } : {}) };
  modules[0]?.log.info(fields, debug.length > 0 ? debugMode : "product mode");
}

function logListening({ address, modules }: Listener): void {
  const { host, port, isSecure } = address;
  for (const { runtime, routes } of modules) {
    runtime.log.info({ host, port, isSecure, routes: routes.map(({ pattern }) => pattern) }, "listening");
  }
}

/**
 * Starts the modules: all of them or none. Where nobody awaits it, a failing start ends the process with exit code 1
 * and the message.
 * @throws StartError or ConfigurationError naming the module and the reason: a duplicate flag or command, a bad
 * pattern or option, a taken port
 */
export function newWebsocketServe(...modules: readonly IWebsocket[]): Promise<WebsocketServe> {
  return openServe(modules);
}

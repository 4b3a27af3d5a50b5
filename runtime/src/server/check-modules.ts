import { isDeepStrictEqual } from "node:util";
import { show } from "../config/collect-options.js";
import { resolveCommandConfig, resolveModuleConfig } from "../config/module-config.js";
import type { ModuleConfig } from "../config/module-types.js";
import type { AnyModule, ICommand } from "../contract.js";
import type { CommandEntry } from "../dispatch/dispatch.js";
import type { StartErrorCode } from "../error-codes.js";
import { StartError, titleOf } from "../errors.js";
import { moduleOptions } from "../options.js";
import {
  compareSpecificity,
  createRoute,
  describeConflict,
  getBaseSegments,
  PatternError,
  type Route,
} from "./route.js";

/** A module with checked flag, port, routes and commands. */
export interface CheckedModule {
  readonly implementation: AnyModule;
  readonly flag: string;
  readonly port: number;
  /** The most specific first. */
  readonly routes: readonly Route[];
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly config: ModuleConfig;
}

/** @throws StartError or ConfigurationError that names the module and the reason */
export function checkModules(modules: readonly AnyModule[]): readonly CheckedModule[] {
  if (modules.length === 0)
    throw new StartError("no_modules", "newWebsocketServe has no module. Pass at least one.");
  const checked = modules.map(checkModule);
  for (const [index, module] of checked.entries()) {
    const first = checked.findIndex(({ flag }) => flag === module.flag);
    if (first === index) continue;
    const names = [modules[first], modules[index]].map(nameClass);
    throw new StartError(
      "duplicate_flag",
      `${titleOf(module.flag)} is given twice: argument ${first + 1} (${names[0]}) and argument ${index + 1} (${names[1]}).`,
    );
  }
  return checked;
}

/** An object without a prototype has no class. */
const nameClass = (value: object | undefined): string => value?.constructor?.name || "an object";

/** The methods of a module and of a command. TypeScript checks them, plain JavaScript does not. */
const moduleMethods = [
  "connect",
  "disconnect",
  "close",
  "handshakeURL",
  "getCommandList",
  "getModuleFlag",
  "getServerPort",
  "getWSServerConfig",
];
const commandMethods = ["getCommand", "getConfigOption", "execute"];

/** The first of the methods that a value does not have. */
const findMissing = (value: unknown, methods: readonly string[]): string | undefined =>
  methods.find((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] !== "function");

function checkModule(implementation: AnyModule, index: number): CheckedModule {
  const missing = findMissing(implementation, moduleMethods);
  if (missing !== undefined) {
    const found = `argument ${index + 1} of newWebsocketServe is ${show(implementation)}`;
    throw new StartError("invalid_module", `${found}; expected a module with the method ${missing}().`);
  }
  const flag = checkFlag(implementation.getModuleFlag(), `argument ${index + 1} of newWebsocketServe`);
  const port = checkPort(flag, implementation.getServerPort());
  const config = resolveModuleConfig(flag, implementation.getWSServerConfig());
  return {
    implementation,
    flag,
    port,
    config,
    routes: checkRoutes(flag, getBaseSegments({ flag, config }), implementation.handshakeURL()),
    commands: checkCommands(flag, config, implementation),
  };
}

/** The flag is a path segment and a name in logs. Characters with a meaning in URLs or patterns are not allowed. */
const flagFormat = /^[^\s/?#%:*\\\u0000-\u001f\u007f]+$/u;

function checkFlag(flag: unknown, place: string): string {
  if (typeof flag === "string" && flagFormat.test(flag) && flag !== "." && flag !== "..") return flag;
  const found = typeof flag === "string" ? JSON.stringify(flag) : show(flag);
  throw new StartError(
    "invalid_flag",
    `${place}: getModuleFlag() returned ${found}; expected one path segment without spaces and / ? # % : * \\.`,
  );
}

function failStart(code: StartErrorCode, flag: string, text: string): never {
  throw new StartError(code, `${titleOf(flag)}: ${text}`);
}

function checkPort(flag: string, port: unknown): number {
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  const text = `getServerPort() returned ${show(port)}; expected a whole number from 0 to 65535.`;
  return failStart("invalid_port", flag, text);
}

function checkRoutes(flag: string, base: readonly string[], patterns: readonly string[]): readonly Route[] {
  if (!Array.isArray(patterns))
    failStart("invalid_route", flag, `handshakeURL() returned ${show(patterns)}; expected a list of routes.`);
  if (patterns.length === 0) failStart("invalid_route", flag, "handshakeURL() returned no route.");
  const routes = patterns.map((pattern) => checkRoute(flag, base, pattern));
  for (const [index, route] of routes.entries()) {
    for (const other of routes.slice(0, index)) {
      const conflict = describeConflict(other, route);
      if (conflict === undefined) continue;
      const text = `the routes ${other.pattern} and ${route.pattern} conflict: ${conflict}.`;
      failStart("route_conflict", flag, text);
    }
  }
  return routes.sort(compareSpecificity);
}

function checkRoute(flag: string, base: readonly string[], pattern: unknown): Route {
  if (typeof pattern !== "string")
    failStart("invalid_route", flag, `handshakeURL() returned ${show(pattern)}; expected a string.`);
  try {
    return createRoute(base, pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const text = `the route ${JSON.stringify(pattern)} is not valid: ${error.message}.`;
    return failStart("invalid_route", flag, text);
  }
}

function checkCommands(
  flag: string,
  config: ModuleConfig,
  module: AnyModule,
): ReadonlyMap<string, CommandEntry> {
  const entries = new Map<string, CommandEntry>();
  const commands: unknown = module.getCommandList();
  if (!Array.isArray(commands)) {
    const text = `getCommandList() returned ${show(commands)}; expected a list of commands.`;
    return failStart("invalid_command", flag, text);
  }
  for (const command of commands as readonly ICommand[]) {
    const missing = findMissing(command, commandMethods);
    if (missing !== undefined) {
      const text = `getCommandList() has ${show(command)}; expected a command with the method ${missing}().`;
      failStart("invalid_command", flag, text);
    }
    const name = command.getCommand();
    if (typeof name !== "string" || name === "")
      failStart("invalid_command", flag, `${nameClass(command)}.getCommand() returned no name.`);
    const known = entries.get(name);
    if (known !== undefined) {
      const classes = `${nameClass(known.command)} and ${nameClass(command)}`;
      const text = `the command ${JSON.stringify(name)} is given twice: ${classes}.`;
      failStart("duplicate_command", flag, text);
    }
    entries.set(name, {
      command,
      config: resolveCommandConfig(flag, name, command.getConfigOption(), config),
    });
  }
  return entries;
}

/** Options of the port: modules that share it must set the same values. */
const listenerOptions = (Object.keys(moduleOptions) as (keyof typeof moduleOptions)[]).filter(
  (name) => "scope" in moduleOptions[name],
);

/** The modules by port: modules with the same port share one listener. @throws StartError if their options differ */
export function planListeners<Module extends CheckedModule>(
  modules: readonly Module[],
): ReadonlyMap<number, readonly [Module, ...Module[]]> {
  const plans = new Map<number, [Module, ...Module[]]>();
  for (const module of modules) {
    const sharing = plans.get(module.port);
    if (sharing === undefined) {
      plans.set(module.port, [module]);
    } else {
      checkAgreement(sharing[0], module);
      for (const other of sharing) checkPaths(other, module);
      sharing.push(module);
    }
  }
  return plans;
}

function checkAgreement(first: CheckedModule, other: CheckedModule): void {
  const disputed = listenerOptions.find((name) => !isDeepStrictEqual(first.config[name], other.config[name]));
  if (disputed === undefined) return;
  throw new StartError(
    "port_conflict",
    `port ${other.port} is shared by the modules "${first.flag}" and "${other.flag}", so they must agree on ${disputed}.`,
  );
}

/** Refuses two modules of a port with the same base path, and a route below the base path of another module. */
function checkPaths(first: CheckedModule, second: CheckedModule): void {
  const [inner, outer] =
    getBaseSegments(first).length > getBaseSegments(second).length ? [first, second] : [second, first];
  const base = getBaseSegments(inner);
  const path = `/${base.join("/")}`;
  const names = `"${first.flag}" and "${second.flag}" share port ${first.port}`;
  if (isDeepStrictEqual(base, getBaseSegments(outer))) {
    throw new StartError(
      "path_conflict",
      `the modules ${names} and the path ${path}: give one of them another setBasePath.`,
    );
  }
  const route = outer.routes.find(({ segments }) =>
    base.every((text, index) => segments[index]?.text === text && segments[index].wildcard === ""),
  );
  if (route === undefined) return;
  throw new StartError(
    "path_conflict",
    `the modules ${names}, and the route ${route.pattern} of "${outer.flag}" lies below ${path}, which is the path of "${inner.flag}".`,
  );
}

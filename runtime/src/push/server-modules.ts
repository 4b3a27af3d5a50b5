import type { AnyModule, ModulePush, ServerModules } from "../contract.js";
import { withCode } from "../error-codes.js";

/**
 * Leads to the modules of a server: a context of one of its connections, the push of a module, the result of
 * `newWebsocketServe`, or a module that it has started (`this`, for a timer or an HTTP route).
 */
export type ServerSource = { readonly server: ServerModules } | ServerModules | AnyModule;

/** The modules of one server, in the order of starting. */
export class ModuleDirectory implements ServerModules {
  readonly #modules = new Map<string, ModulePush>();

  /** Called when a module has started, before its server listens. */
  add(flag: string, implementation: AnyModule, push: ModulePush): void {
    this.#modules.set(flag, push);
    directories.set(implementation, this);
  }

  module(flag: string): ModulePush {
    const push = this.#modules.get(flag);
    if (push === undefined) throw unknownModule(flag, [...this.#modules.keys()]);
    return push;
  }

  /** Called when the start of the server failed. */
  forget(implementations: readonly AnyModule[]): void {
    for (const each of implementations) if (directories.get(each) === this) directories.delete(each);
  }
}

/** The server that started a module; if there are several, the last one. */
const directories = new WeakMap<AnyModule, ServerModules>();

export function unknownModule(flag: string, known: readonly string[]): RangeError {
  const text = `${JSON.stringify(flag)} is not a module of this server. Its modules are: ${known.join(", ")}. Pass the module to newWebsocketServe, too; in a generated test, return it from modules() of the setup.`;
  return withCode("unknown_module", new RangeError(text));
}

/**
 * Creates the function that returns the connections of a module. Generated code calls it.
 * @throws the errors of `findModule`, when the created function is called
 */
export const bindConnections =
  <State = undefined>(flag: string): ((source: ServerSource) => ModulePush<State>) =>
  (source) =>
    // The module's own `setPresence` returns a state of this type.
    findModule(source, flag) as ModulePush<State>;

/**
 * Finds a module on the server of a source.
 * @throws RangeError `unknown_module` if that server has no such module
 * @throws TypeError `not_started` if no server has started the module that is the source
 */
export function findModule(source: ServerSource, flag: string): ModulePush {
  // A module may have members with any name, so it is recognized first.
  if ("getModuleFlag" in source) return findDirectory(source, flag).module(flag);
  return "server" in source ? source.server.module(flag) : source.module(flag);
}

function findDirectory(module: AnyModule, wanted: string): ServerModules {
  const directory = directories.get(module);
  if (directory !== undefined) return directory;
  const text = `Cannot reach the module ${JSON.stringify(wanted)}: no server has started this ${module.constructor.name}. Wait for newWebsocketServe, and pass the instance that it got.`;
  throw withCode("not_started", new TypeError(text));
}

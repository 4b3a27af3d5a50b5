import { isDeepStrictEqual } from "node:util";
import type { ModuleConfig } from "../config/module-types.js";
import type { CheckedModule } from "./check-modules.js";
import { baseOf } from "./route.js";
import { StartError } from "./start-error.js";

/** One port and the modules behind it. */
export interface ListenerPlan {
  readonly port: number;
  readonly modules: readonly [CheckedModule, ...CheckedModule[]];
}

/** Options that belong to the port: modules that share it must agree on them. */
const listenerOptions = ["tls", "host", "maxHeaderSize"] as const satisfies readonly (keyof ModuleConfig)[];

/** Modules that return the same port share one listener. @throws StartError where they contradict each other */
export function planListeners(modules: readonly CheckedModule[]): readonly ListenerPlan[] {
  const plans = new Map<number, [CheckedModule, ...CheckedModule[]]>();
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
  return [...plans].map(([port, sharing]) => ({ port, modules: sharing }));
}

function checkAgreement(first: CheckedModule, other: CheckedModule): void {
  const disputed = listenerOptions.find((name) => !isDeepStrictEqual(first.config[name], other.config[name]));
  if (disputed === undefined) return;
  throw new StartError(
    `port ${other.port} is shared by the modules "${first.flag}" and "${other.flag}", so they must agree on ${disputed}.`,
  );
}

/** Two modules of a port must not have one base path, nor one of them a route below the base path of the other. */
function checkPaths(first: CheckedModule, second: CheckedModule): void {
  const [inner, outer] = baseOf(first).length > baseOf(second).length ? [first, second] : [second, first];
  const base = baseOf(inner);
  const path = `/${base.join("/")}`;
  const names = `"${first.flag}" and "${second.flag}" share port ${first.port}`;
  if (isDeepStrictEqual(base, baseOf(outer))) {
    throw new StartError(`the modules ${names} and the path ${path}: give one of them another setBasePath.`);
  }
  const route = outer.routes.find(({ segments }) =>
    base.every((text, index) => segments[index]?.text === text && segments[index].wildcard === ""),
  );
  if (route === undefined) return;
  throw new StartError(
    `the modules ${names}, and the route ${route.pattern} of "${outer.flag}" lies below ${path}, which is the path of "${inner.flag}".`,
  );
}

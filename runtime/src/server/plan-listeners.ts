import { isDeepStrictEqual } from "node:util";
import type { ModuleConfig } from "../config/module-types.js";
import type { CheckedModule } from "./check-modules.js";
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

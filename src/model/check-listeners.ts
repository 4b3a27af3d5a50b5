import { isDeepStrictEqual } from "node:util";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { moduleOptions } from "../spec/option-table.js";
import type { Json, ModuleSpec } from "../spec/spec.js";

/** What the modules of a spec must not both want: one flag, and options of one port that differ. */
export function checkListeners(modules: readonly ModuleSpec[]): readonly Diagnostic[] {
  const byFlag = new Map<string, ModuleSpec>();
  const byPort = new Map<number, ModuleSpec>();
  return modules.flatMap((module) => {
    const sameFlag = byFlag.get(module.flag.value);
    // Port 0 is any free port: nothing is shared.
    const samePort = module.port.value === 0 ? undefined : byPort.get(module.port.value);
    if (!sameFlag) byFlag.set(module.flag.value, module);
    if (!samePort) byPort.set(module.port.value, module);
    return [
      ...(sameFlag ? [flagTwice(module, sameFlag)] : []),
      ...(samePort ? disputes(module, samePort) : []),
    ];
  });
}

function flagTwice(module: ModuleSpec, first: ModuleSpec): Diagnostic {
  const names = `${JSON.stringify(first.name.value)} on line ${first.name.at.line} and ${JSON.stringify(module.name.value)}`;
  return {
    code: "name-collision",
    severity: "error",
    message: `the modules ${names} both have the flag ${JSON.stringify(module.flag.value)}`,
    fix: "give one of them another 'flag:'",
    at: module.flag.at,
  };
}

function disputes(module: ModuleSpec, first: ModuleSpec): readonly Diagnostic[] {
  return moduleOptions
    .filter(({ scope }) => scope === "listener")
    .filter(
      ({ name, schema }) =>
        !isDeepStrictEqual(settingOf(module, name, schema.default), settingOf(first, name, schema.default)),
    )
    .map(({ name }) => ({
      code: "invalid-value",
      severity: "error",
      message: `the modules ${JSON.stringify(first.name.value)} and ${JSON.stringify(module.name.value)} share the port ${module.port.value}, so they must agree on '${name}'`,
      fix: `give both the same '${name}:', or different ports`,
      at: module.config.find(({ option }) => option === name)?.at ?? module.port.at,
    }));
}

const settingOf = ({ config }: ModuleSpec, name: string, fallback: Json | undefined): Json | undefined =>
  config.find(({ option }) => option === name)?.value ?? fallback;

import { isDeepStrictEqual } from "node:util";
import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { moduleOptions } from "../spec-file/option-table.js";
import { parseRoute, type RouteSegment } from "../spec-file/route-pattern.js";
import type { Json, Located, ModuleSpec } from "../spec-file/spec.js";

/**
 * Finds conflicting routes of one module, by gin's rules: the same route twice, parameters with different names
 * in one place, and any other route beside a catch-all. Other modules have another first segment.
 */
export function checkRoutes({ urls }: ModuleSpec): readonly Diagnostic[] {
  const root = createNode();
  return urls.flatMap((url) => {
    const route = parseRoute(url.value);
    const conflict = "segments" in route ? insertRoute(root, route.segments, url) : undefined;
    return conflict === undefined ? [] : [reportConflict(url, conflict)];
  });
}

/** A node in the tree of routes, with the segments that may follow it. */
interface RouteNode {
  readonly statics: Map<string, Branch>;
  /** By prefix. */
  readonly parameters: Map<string, Branch>;
  catchAll: Located<string> | undefined;
  end: Located<string> | undefined;
}

interface Branch {
  readonly name: string;
  readonly first: Located<string>;
  readonly place: RouteNode;
}

interface Conflict {
  readonly with: Located<string>;
  readonly reason: string;
}

const createNode = (): RouteNode => ({
  statics: new Map(),
  parameters: new Map(),
  catchAll: undefined,
  end: undefined,
});

function insertRoute(
  root: RouteNode,
  segments: readonly RouteSegment[],
  url: Located<string>,
): Conflict | undefined {
  let place = root;
  for (const segment of segments) {
    if (place.catchAll)
      return { with: place.catchAll, reason: "a catch-all allows no other route in its place" };
    if (segment.kind === "catch-all") {
      const [sibling] = [...place.statics.values(), ...place.parameters.values()];
      if (sibling) return { with: sibling.first, reason: "a catch-all allows no other route in its place" };
      place.catchAll = url;
      return undefined;
    }
    const isStatic = segment.kind === "static";
    const branches = isStatic ? place.statics : place.parameters;
    const key = isStatic ? segment.text : segment.prefix;
    const name = isStatic ? key : segment.name;
    const branch = branches.get(key) ?? { name, first: url, place: createNode() };
    if (branch.name !== name) {
      return { with: branch.first, reason: `a parameter in the same place is called '${branch.name}' there` };
    }
    branches.set(key, branch);
    place = branch.place;
  }
  if (place.end) return { with: place.end, reason: "they are the same" };
  place.end = url;
  return undefined;
}

const reportConflict = ({ value, at }: Located<string>, conflict: Conflict): Diagnostic =>
  problem("route-collision", {
    message: `The route '${value}' conflicts with '${conflict.with.value}' on line ${conflict.with.at.line}: ${conflict.reason}.`,
    fix: "Change or remove one of them.",
    at,
  });

/** Finds conflicts between modules: the same flag, and different options for the same port. */
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
      ...(sameFlag ? [reportSharedFlag(module, sameFlag)] : []),
      ...(samePort ? findOptionConflicts(module, samePort) : []),
    ];
  });
}

function reportSharedFlag(module: ModuleSpec, first: ModuleSpec): Diagnostic {
  const names = `'${first.name.value}' on line ${first.name.at.line} and '${module.name.value}'`;
  return problem("name-collision", {
    message: `The modules ${names} both have the flag '${module.flag.value}'.`,
    fix: "Give one of them another `flag:`.",
    at: module.flag.at,
  });
}

function findOptionConflicts(module: ModuleSpec, first: ModuleSpec): readonly Diagnostic[] {
  return moduleOptions
    .filter(({ scope }) => scope === "listener")
    .filter(
      ({ name, schema }) =>
        !isDeepStrictEqual(
          readSetting(module, name, schema.default),
          readSetting(first, name, schema.default),
        ),
    )
    .map(({ name }) =>
      problem("invalid-value", {
        message: `The modules '${first.name.value}' and '${module.name.value}' share the port ${module.port.value}, so they must agree on '${name}'.`,
        fix: `Give both the same \`${name}:\`, or different ports.`,
        at: module.config.find(({ option }) => option === name)?.at ?? module.port.at,
      }),
    );
}

const readSetting = ({ config }: ModuleSpec, name: string, fallback: Json | undefined): Json | undefined =>
  config.find(({ option }) => option === name)?.value ?? fallback;

import { isDeepStrictEqual } from "node:util";
import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { getOwnName } from "./collect-files.js";
import { EditableSpec } from "./editable-spec.js";
import { listNames, type SpecEntry } from "./find-names.js";
import { toRecord } from "./json.js";
import { findOwnReferences } from "./rename-schema.js";
import type { anySchema } from "./short-schema.js";
import { getEntries, getItems, jsonObject, type MapEntry, type SourceNode } from "./source-tree.js";
import type { Json, JsonSchema } from "./spec.js";

/** The common fields of new entries. */
interface NewEntry {
  /** Name of the spec for messages. */
  readonly file: string;
  readonly name: string;
  readonly as?: string | undefined;
  readonly description?: string | undefined;
}

type WrittenSchema = JsonSchema | typeof anySchema;

export interface NewModule extends NewEntry {
  readonly flag?: string;
  /** Default: 10099. */
  readonly port?: number | undefined;
  /** Default: `[ws]`. */
  readonly urls?: readonly string[] | undefined;
}

export interface NewCommand extends NewEntry {
  readonly module: string;
  readonly request?: WrittenSchema | undefined;
  readonly reply?: WrittenSchema | undefined;
}

export interface NewEvent extends NewEntry {
  readonly module: string;
  readonly data?: WrittenSchema | undefined;
}

/**
 * These functions edit the text of a spec. Everything outside the change keeps its bytes: comments, order,
 * anchors, quotes, line ends, a byte-order mark, a missing final newline. An entry that already exists is reported
 * as a note (`already-exists`), with the text unchanged; it is an error if the existing entry differs. Errors:
 * `not-in-spec`, and `unexpected-shape` where the location cannot be edited safely, such as an alias.
 */
export function addModule(text: string, module: NewModule): Outcome<string> {
  const { file, name, description, as, flag, port, urls } = module;
  const given = omitUndefined({ description, as, flag, port, urls });
  const value = omitUndefined({ description, as, flag, port: port ?? 10_099, urls: urls ?? ["ws"] });
  return add(text, { file, kind: "module", name }, { value, given });
}

export function addCommand(text: string, command: NewCommand): Outcome<string> {
  const { file, module, name, description, as, request, reply } = command;
  const value = omitUndefined({ description, as, request, reply });
  return add(text, { file, kind: "command", module, name }, { value, given: value });
}

export function addEvent(text: string, event: NewEvent): Outcome<string> {
  const { file, module, name, description, as, data } = event;
  const value = omitUndefined({ description, as, data });
  return add(text, { file, kind: "event", module, name }, { value, given: value });
}

const omitUndefined = (fields: Readonly<Record<string, Json | undefined>>): Json =>
  jsonObject(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );

/** Removes an entry, with the comment lines directly above it. An event is also removed from `presence:`. */
export function removeEntry(text: string, entry: SpecEntry): Outcome<string> {
  const removed = edit(text, entry, (spec, path) =>
    spec.has(path) ? spec.remove(path) : reportMissing(spec, entry),
  );
  if (entry.kind !== "event") return removed;
  return ["join", "leave"].reduce((edited, key) => {
    const path = ["modules", entry.module ?? "", "presence", key];
    if (edited.value === undefined) return edited;
    return edit(edited.value, entry, (spec) =>
      spec.getValue(path) === entry.name ? spec.remove(path) : spec.unchanged,
    );
  }, removed);
}

/** Renames an entry where the spec declares and uses it. Everything else keeps its bytes. */
export function renameEntry(text: string, entry: SpecEntry & { readonly to: string }): Outcome<string> {
  const { file, kind, name, to } = entry;
  return edit(text, entry, (spec) => {
    const names = listNames(spec.tree, entry);
    const own = names.flatMap(([each, place]) => (each === name ? [place] : []));
    if (own.length === 0) return reportMissing(spec, entry);
    if (to === name) return spec.unchanged;
    if (names.some(([each]) => each === to)) {
      const message = `${describe({ ...entry, name: to })} is already in ${file}.`;
      const fix = "Choose another name, or rename the existing one first.";
      return failed([problem("already-exists", { message, fix })]);
    }
    if (countPlaces(spec.tree, new Set(own)) > own.length) {
      const message = `${file} was not changed: an alias repeats the ${kind} '${name}' in another place.`;
      const fix = "Write the entries out instead of the alias, then run the command again.";
      return failed([problem("unexpected-shape", { message, fix })]);
    }
    const references =
      kind === "schema"
        ? findOwnReferences(spec.tree, new SourceText(getOwnName({ file }), text), entry)
        : [];
    return spec.replace(new Map([...own.map((place) => [place, to] as const), ...references]));
  });
}

/** How often places are in a tree. A place behind an alias is in it several times. */
function countPlaces(node: SourceNode, places: ReadonlySet<SourceNode | MapEntry>): number {
  const entries = getEntries(node).map(([, entry]) => entry);
  const parts = [...getItems(node), ...entries.map((entry) => entry.node)];
  const own = [node, ...entries].filter((place) => places.has(place)).length;
  return parts.reduce((sum, part) => sum + countPlaces(part, places), own);
}

/** Adds a value. `given` is the part of it that the user gave; the rest is defaults. */
function add(
  text: string,
  entry: SpecEntry,
  { value, given }: Record<"value" | "given", Json>,
): Outcome<string> {
  return edit(text, entry, (spec, path) => {
    if (spec.has(path)) {
      const differing = differingKeys(spec.getValue(path), given);
      return differing.length === 0
        ? { value: spec.unchanged.value, diagnostics: [reportSame(spec, path, entry)] }
        : failed([reportDifferent(spec, path, entry, differing)]);
    }
    const module = path.slice(0, 2);
    return entry.kind === "module" || spec.has(module) ? spec.add(path, value) : reportMissing(spec, entry);
  });
}

/** Opens the spec and changes it. Text that is not YAML is refused with its problems. */
function edit(
  text: string,
  entry: SpecEntry,
  change: (spec: EditableSpec, path: readonly string[]) => Outcome<string>,
): Outcome<string> {
  const { value, diagnostics } = EditableSpec.open(entry.file, text);
  return value ? change(value, getPath(entry)) : failed(diagnostics);
}

function getPath({ kind, module = "", name }: SpecEntry): readonly string[] {
  if (kind === "schema") return ["schemas", name];
  return kind === "module" ? ["modules", name] : ["modules", module, `${kind}s`, name];
}

const describe = ({ kind, module, name }: SpecEntry): string =>
  `The ${kind} '${name}'${module === undefined ? "" : ` of '${module}'`}`;

function reportSame(spec: EditableSpec, path: readonly string[], entry: SpecEntry): Diagnostic {
  const message = `${describe(entry)} is already in the spec.`;
  return { code: "already-exists", severity: "note", message, ...spec.locate(path) };
}

/** The given keys whose values in the spec differ. */
function differingKeys(present: Json | undefined, given: Json): readonly string[] {
  const there = toRecord(present);
  return Object.entries(toRecord(given)).flatMap(([key, value]) =>
    isDeepStrictEqual(there[key], value) ? [] : [key],
  );
}

function reportDifferent(
  spec: EditableSpec,
  path: readonly string[],
  entry: SpecEntry,
  keys: readonly string[],
): Diagnostic {
  const message = `${describe(entry)} is already in the spec, with a different '${keys.join("' and '")}'.`;
  const fix = `Change it in ${entry.file} and run \`npx wsgen generate\`, or omit the options.`;
  return { ...problem("already-exists", { message, fix }), ...spec.locate(path) };
}

function reportMissing(spec: EditableSpec, entry: SpecEntry): Outcome<string> {
  const { file, module } = entry;
  const isModule = module !== undefined && !spec.has(["modules", module]);
  const { kind, name } = isModule ? { kind: "module" as const, name: module } : entry;
  const known = [...new Set(listNames(spec.tree, { ...entry, kind }).map(([each]) => each))];
  const fix =
    known.length === 0 ? howToAdd[kind](module, name) : `Use one of: ${known.slice(0, 20).join(", ")}.`;
  const hint = didYouMean(suggest(name, known));
  const message = `There is no ${kind} '${name}' in ${file}${hint}`;
  const more = " A schema of another file first needs an entry below `schemas:`.";
  return failed([problem("not-in-spec", { message, fix: kind === "schema" ? fix + more : fix })]);
}

/** The fix if there are no entries of a kind. */
const howToAdd: Readonly<Record<SpecEntry["kind"], (module: string | undefined, name: string) => string>> = {
  module: (_, name) => `Run \`npx wsgen new module ${name}\`: there are no modules yet.`,
  command: (module, name) => `Run \`npx wsgen add command ${module} ${name}\`: there are no commands yet.`,
  event: (module, name) => `Run \`npx wsgen add event ${module} ${name}\`: there are no events yet.`,
  error: () => "Add it below `errors:` of the module.",
  guard: () => "Add it to `guards:` of the module or of a command.",
  schema: () => "Add it below `schemas:`.",
};

import { isDeepStrictEqual } from "node:util";
import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { EditableSpec } from "./editable-spec.js";
import { toRecord } from "./json.js";
import type { anySchema } from "./short-schema.js";
import { jsonObject } from "./source-tree.js";
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

/** An entry to find in the spec. */
export interface SpecEntry {
  readonly file: string;
  readonly kind: "module" | "command" | "event" | "schema";
  /** The module that a command or an event belongs to. */
  readonly module?: string;
  readonly name: string;
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

/** Removes an entry, with the comment lines directly above it. */
export function removeEntry(text: string, entry: SpecEntry): Outcome<string> {
  return edit(text, entry, (spec, path) =>
    spec.has(path) ? spec.remove(path) : reportMissing(spec, path, entry),
  );
}

/** Renames an entry without changing its content. */
export function renameEntry(text: string, entry: SpecEntry & { readonly to: string }): Outcome<string> {
  return edit(text, entry, (spec, path) => {
    if (!spec.has(path)) return reportMissing(spec, path, entry);
    if (entry.to === entry.name) return spec.unchanged;
    if (!spec.has([...path.slice(0, -1), entry.to])) {
      const renamed = spec.rename(path, entry.to);
      return entry.kind === "event" ? renameInPresence(renamed, entry) : renamed;
    }
    const message = `${describe({ ...entry, name: entry.to })} is already in ${entry.file}.`;
    const fix = "Choose another name, or rename the existing one first.";
    return failed([problem("already-exists", { message, fix })]);
  });
}

/** Renames an event where `presence:` of its module names it. */
function renameInPresence(
  renamed: Outcome<string>,
  { file, module = "", name, to }: SpecEntry & { readonly to: string },
): Outcome<string> {
  return ["join", "leave"].reduce((edited, key) => {
    if (edited.value === undefined) return edited;
    const { value: spec, diagnostics } = EditableSpec.open(file, edited.value);
    const path = ["modules", module, "presence", key];
    if (spec === undefined) return failed(diagnostics);
    return spec.getValue(path) === name ? spec.setText(path, to) : edited;
  }, renamed);
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
    return entry.kind === "module" || spec.has(module)
      ? spec.add(path, value)
      : reportMissing(spec, module, entry);
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

function reportMissing(spec: EditableSpec, path: readonly string[], entry: SpecEntry): Outcome<string> {
  const name = path.at(-1) ?? "";
  const known = spec.listKeys(path.slice(0, -1));
  const kind = path[0] === "modules" && path.length === 2 ? "module" : entry.kind;
  const hint = didYouMean(suggest(name, known));
  const add = kind === "module" ? "new module" : `add ${kind} ${path[1]}`;
  const listed = `Use one of: ${known.slice(0, 20).join(", ")}.`;
  const fix =
    kind === "schema"
      ? `${known.length === 0 ? "Add it below `schemas:`." : listed} A schema of another file first needs an entry below \`schemas:\`.`
      : known.length === 0
        ? `Run \`npx wsgen ${add} ${name}\`: there are no ${kind}s yet.`
        : listed;
  const message = `There is no ${kind} '${name}' in ${entry.file}${hint}`;
  return failed([problem("not-in-spec", { message, fix })]);
}

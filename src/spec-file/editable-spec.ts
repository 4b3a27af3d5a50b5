import { isDeepStrictEqual } from "node:util";
import { isMap, type Pair, type YAMLMap } from "yaml";
import { type Diagnostic, failed, hasErrors, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";
import { parseYaml } from "./parse-yaml.js";
import {
  buildSourceTree,
  getMember,
  jsonObject,
  type NewNames,
  type SourceNode,
  toJson,
} from "./source-tree.js";
import type { Json } from "./spec.js";
import { cutEntry, findPair, insertInto, isJson, type Splice } from "./yaml-splice.js";
import { printLike } from "./yaml-text.js";

type Path = readonly string[];

/**
 * The text of a spec, or of a file that it refers to, edited by splices. The new text is parsed: if anything but the requested
 * change differs, the edit is refused.
 */
export class EditableSpec {
  readonly #file: string;
  readonly #text: string;
  readonly #bom: string;
  readonly #contents: unknown;
  readonly tree: SourceNode;
  readonly #source: SourceText;

  private constructor(parsed: ParsedText, bom: string) {
    this.#source = parsed.findings.source;
    this.#file = this.#source.file;
    this.#text = this.#source.text;
    this.#bom = bom;
    this.#contents = parsed.contents;
    this.tree = parsed.tree;
  }

  static open(file: string, text: string): Outcome<EditableSpec> {
    const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
    const parsed = parse(file, text.slice(bom.length));
    const diagnostics = parsed.findings.sorted();
    if (hasErrors(diagnostics)) return failed(diagnostics);
    return { value: new EditableSpec(parsed, bom), diagnostics: [] };
  }

  get unchanged(): Outcome<string> & { readonly value: string } {
    return { value: this.#bom + this.#text, diagnostics: [] };
  }

  has(path: Path): boolean {
    return nodeAt(this.tree, path) !== undefined;
  }

  /** The value of an entry; undefined if it does not exist. */
  getValue(path: Path): Json | undefined {
    const node = nodeAt(this.tree, path);
    return node === undefined ? undefined : toJson(node);
  }

  /** The location of an entry's key, for a diagnostic. */
  locate(path: Path): Pick<Diagnostic, "at" | "excerpt"> {
    const parent = nodeAt(this.tree, path.slice(0, -1));
    const entry = parent?.kind === "map" ? parent.entries.get(path.at(-1) ?? "") : undefined;
    if (entry === undefined) return {};
    const at = this.#source.locate(entry.keySpan);
    return { at, excerpt: this.#source.line(at.line) };
  }

  /** Adds an entry and its missing parents. */
  add(path: Path, value: Json): Outcome<string> {
    const splice = isMap(this.#contents)
      ? insertInto(this.#text, this.#contents, { path, value })
      : undefined;
    return this.#apply(splice, path, (members, key) => [...members, [key, value]]);
  }

  remove(path: Path): Outcome<string> {
    const place = this.#pairAt(path);
    const splice = place && cutEntry(this.#text, place.map, place.pair);
    return this.#apply(splice, path, (members, key) => members.filter(([name]) => name !== key));
  }

  /**
   * Replaces keys and strings. Each keeps its quotes.
   * @param tree the same text, parsed elsewhere, whose nodes and entries `names` has
   */
  replace(names: NewNames, tree = this.tree): Outcome<string> {
    const splices = [...names].map(([place, to]): Splice => {
      const { start, end } = "keySpan" in place ? place.keySpan : place.span;
      return { start, end, text: printLike(this.#text.slice(start, end), to) };
    });
    const changed = this.#splice(splices, toJson(tree, names));
    const reason = "what would change is written in a form that cannot be edited";
    return changed === undefined ? refuse(this.#file, reason) : { value: changed, diagnostics: [] };
  }

  #pairAt(path: Path): { map: YAMLMap; pair: Pair } | undefined {
    let map = this.#contents;
    for (const [index, key] of path.entries()) {
      if (!isMap(map)) return undefined;
      const pair = findPair(map, key);
      if (pair === undefined) return undefined;
      if (index === path.length - 1) return { map, pair };
      map = pair.value;
    }
    return undefined;
  }

  #apply(splice: Splice | undefined, path: Path, change: MemberChange): Outcome<string> {
    if (splice === undefined) return this.#refuse(path, "its parent is not written as a plain mapping");
    const changed = this.#splice([splice], applyChange(toJson(this.tree), path, change));
    return changed === undefined
      ? this.#refuse(path, "the edit would change other parts too")
      : { value: changed, diagnostics: [] };
  }

  /** The new text; undefined if it does not have the expected value. */
  #splice(splices: readonly Splice[], expected: Json): string | undefined {
    const last = splices.toSorted((one, other) => other.start - one.start);
    const text = last.reduce(
      (whole, splice) => whole.slice(0, splice.start) + splice.text + whole.slice(splice.end),
      this.#text,
    );
    const { findings, tree } = parse(this.#file, text);
    const isBroken = findings.hasErrors || (isJson(this.#text) && !isJson(text));
    const isExpected = !isBroken && isDeepStrictEqual(omitEmpty(toJson(tree)), omitEmpty(expected));
    return isExpected ? this.#bom + text : undefined;
  }

  #refuse(path: Path, reason: string): Outcome<string> {
    const parent = path.slice(0, -1).join(".");
    return refuse(this.#file, `${parent} cannot be edited: ${reason}`);
  }
}

interface ParsedText {
  readonly findings: DiagnosticCollector;
  readonly contents: unknown;
  readonly tree: SourceNode;
}

function parse(file: string, text: string): ParsedText {
  const findings = new DiagnosticCollector(new SourceText(file, text));
  const contents = parseYaml(findings)?.contents ?? null;
  return { findings, contents, tree: buildSourceTree(findings.hasErrors ? null : contents, findings) };
}

const nodeAt = (root: SourceNode, path: Path): SourceNode | undefined =>
  path.reduce<SourceNode | undefined>((node, key) => getMember(node, key), root);

type Members = readonly (readonly [string, Json])[];
type MemberChange = (members: Members, key: string) => Members;

/** Copies the value with the members at `path` changed. Missing parents count as empty. */
function applyChange(value: Json | undefined, [key = "", ...rest]: Path, change: MemberChange): Json {
  const members: Members = value !== null && typeof value === "object" ? Object.entries(value as object) : [];
  if (rest.length === 0) return jsonObject(change(members, key));
  const inner = applyChange(members.find(([name]) => name === key)?.[1], rest, change);
  return jsonObject([...members.filter(([name]) => name !== key), [key, inner]]);
}

/** `commands:` with nothing below it and `commands: {}` mean the same. */
function omitEmpty(spec: Json): Json {
  if (spec === null || typeof spec !== "object" || Array.isArray(spec)) return spec ?? {};
  return jsonObject(Object.entries(spec).map(([key, value]) => [key, omitEmpty(value)]));
}

function refuse(file: string, reason: string): Outcome<never> {
  const message = `${file} was not changed: ${reason}.`;
  return failed([problem("unexpected-shape", { message, fix: "Make the change by hand." })]);
}

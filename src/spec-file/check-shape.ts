import type { DiagnosticCode } from "../diagnostics/diagnostic.js";
import type { Span } from "../diagnostics/source-text.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { checkKeywords } from "./check-meaning.js";
import {
  checkScalar,
  describeFormat,
  describeNode,
  hasType,
  suggestFix,
  type ValueProblem,
} from "./check-value.js";
import type { DiagnosticCollector } from "./diagnostic-collector.js";
import { type FormatSchema, parseQuantity } from "./format-schema.js";
import { replacedKeywords } from "./json-schema-format.js";
import { anySchema, isShortSchema } from "./short-schema.js";
import {
  getMember,
  getText,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type SourceNode,
} from "./source-tree.js";
import { printInline } from "./yaml-text.js";

type RootFormat = FormatSchema & { readonly definitions: Readonly<Record<string, FormatSchema>> };

/** The place of the value that is checked, if it is not the whole text. */
interface Start {
  /** The keys that lead to it. */
  readonly tokens: readonly string[];
  readonly keySpan: Span;
}

/**
 * Checks a value against the format and reports every difference, each with its location and a fix.
 * @returns the value of every `$ref` in a JSON Schema
 */
export function checkShape(
  root: SourceNode,
  format: RootFormat,
  findings: DiagnosticCollector,
  { tokens, keySpan }: Start = { tokens: [], keySpan: root.span },
): ReadonlySet<ScalarNode> {
  const checker = new ShapeChecker(format.definitions, findings);
  const path = tokens.map(formatKey).join(".");
  checker.check(root, format, { path, isSchema: false, key: keySpan });
  return checker.references;
}

/** The place of the checked value. */
interface Place {
  /** For messages: `modules.chat.urls[0]`. */
  readonly path: string;
  /** Whether the value is inside a JSON Schema of the user. */
  readonly isSchema: boolean;
  /** The key of the nearest mapping. A missing key is reported there. */
  readonly key: Span;
}

type Alternatives = FormatSchema & Required<Pick<FormatSchema, "anyOf">>;

class ShapeChecker {
  readonly #definitions: Readonly<Record<string, FormatSchema>>;
  readonly #findings: DiagnosticCollector;
  readonly references = new Set<ScalarNode>();

  constructor(definitions: Readonly<Record<string, FormatSchema>>, findings: DiagnosticCollector) {
    this.#definitions = definitions;
    this.#findings = findings;
  }

  check(node: SourceNode, format: FormatSchema, place: Place): void {
    if (format.$ref !== undefined) this.#checkReferenced(node, format.$ref, place);
    else if (format.anyOf) this.#checkAlternatives(node, { ...format, anyOf: format.anyOf }, place);
    else if (!hasType(node, format)) this.#wrongType(node, format, place);
    else if (node.kind === "map") this.#checkMap(node, format, place);
    else if (node.kind === "list") this.#checkList(node, format, place);
    else this.#invalidValue(node, checkScalar(node.value, format), place);
  }

  #checkReferenced(node: SourceNode, reference: string, place: Place): void {
    const name = reference.slice("#/definitions/".length);
    if (name === "shortSchema") {
      const form = isShortSchema(node) ? "properties" : "jsonSchema";
      this.#checkReferenced(node, `#/definitions/${form}`, place);
      return;
    }
    if (name === "openSchema" && node.kind === "scalar" && typeof node.value !== "boolean") {
      // `#checkAlternatives` tells alternatives apart by their types, and a reference has no type.
      if (node.value !== anySchema) this.#wrongType(node, this.#definitions[name] ?? {}, place);
      return;
    }
    if (name === "jsonSchema") {
      checkKeywords(node, this.#findings);
      const $ref = getMember(node, "$ref");
      if ($ref?.kind === "scalar" && typeof $ref.value === "string") this.references.add($ref);
    }
    const isSchema = place.isSchema || name === "jsonSchema";
    this.check(node, this.#definitions[name] ?? {}, { ...place, isSchema });
  }

  #checkAlternatives(node: SourceNode, format: Alternatives, place: Place): void {
    const [match, ...others] = format.anyOf.filter((alternative) => hasType(node, alternative));
    const text = getText(node);
    const unit = format["x-unit"];
    if (match === undefined) this.#wrongType(node, format, place);
    else if (unit !== undefined && text !== undefined) {
      const value = parseQuantity(text, unit);
      if (value === undefined) this.#wrongType(node, format, place);
      else this.#invalidValue(node, checkScalar(value, format.anyOf[0] ?? {}), place);
    } else if (others.length === 0) this.check(node, match, place);
    else if (node.kind === "scalar" && [match, ...others].every((one) => checkScalar(node.value, one))) {
      this.#wrongType(node, format, place);
    }
  }

  #checkMap(node: MapNode, format: FormatSchema, place: Place): void {
    for (const [key, entry] of node.entries) {
      const path = place.path === "" ? formatKey(key) : `${place.path}.${formatKey(key)}`;
      const inner: Place = { ...place, path, key: entry.keySpan };
      const formatOfMember = findMemberFormat(format, key);
      if (formatOfMember) this.check(entry.node, formatOfMember, inner);
      else this.#unknownKey(key, entry, { ...format, place });
    }
    for (const key of format.required ?? []) {
      if (!node.entries.has(key)) this.#missingKey(key, format.properties?.[key], place);
    }
    if (format.oneOf) this.#checkChoice(node, format, place);
  }

  #checkChoice(node: MapNode, { oneOf = [] }: FormatSchema, place: Place): void {
    const keys = oneOf.flatMap(({ required }) => required);
    const [first, ...others] = keys.filter((key) => node.entries.has(key));
    const subject = formatSubject(place);
    if (first === undefined) {
      const message = `${subject} has none of the keys ${keys.map((key) => `'${key}'`).join(", ")}.`;
      this.#report("missing-key", place.key, place, message, "Add one of them.");
    }
    for (const key of others) {
      const span = node.entries.get(key)?.keySpan ?? node.span;
      const message = `${subject} has both '${first}' and '${key}'.`;
      this.#report("invalid-value", span, place, message, "Keep one of the two.");
    }
  }

  #checkList(node: ListNode, format: FormatSchema, place: Place): void {
    if (node.items.length < (format.minItems ?? 0)) {
      this.#report(
        "invalid-value",
        node.span,
        place,
        `${formatSubject(place)} must have at least ${format.minItems} item.`,
        `Add ${describeFormat(format.items ?? {})}.`,
      );
    }
    const seen = new Set<unknown>();
    node.items.forEach((item, index) => {
      const inner = { ...place, path: `${place.path}[${index}]`, key: item.span };
      if (format.items) this.check(item, format.items, inner);
      if (!format.uniqueItems || item.kind !== "scalar") return;
      if (seen.has(item.value)) {
        const message = `${formatSubject(place)} must have unique items, found ${describeNode(item)} twice.`;
        this.#report("invalid-value", item.span, place, message, "Keep one of the two.");
      }
      seen.add(item.value);
    });
  }

  #invalidValue(node: SourceNode, problem: ValueProblem | undefined, place: Place): void {
    if (problem !== undefined)
      this.#report(
        "invalid-value",
        node.span,
        place,
        `${formatSubject(place)} ${problem.message}`,
        problem.fix,
      );
  }

  #wrongType(node: SourceNode, format: FormatSchema, place: Place): void {
    const message = `${formatSubject(place)} must be ${describeFormat(format)}, found ${describeNode(node)}.`;
    this.#report("wrong-type", node.span, place, message, suggestFix(node, format));
  }

  #unknownKey(
    key: string,
    entry: MapEntry,
    { properties = {}, place }: FormatSchema & { place: Place },
  ): void {
    const known = Object.keys(properties);
    const suggestion = suggest(key, known);
    const kind = place.isSchema ? "keyword" : "key";
    const where = place.path === "" ? "" : ` in '${place.path}'`;
    const replaced =
      place.isSchema && Object.hasOwn(replacedKeywords, key) ? replacedKeywords[key] : undefined;
    const listed =
      key === "<<"
        ? "Write the entries out, or use an alias for the whole mapping: YAML 1.2 has no merge keys."
        : place.isSchema
          ? "Remove it, begin its name with 'x-', or put it below `properties:` if it is a property."
          : `Use one of: ${known.join(", ")}.`;
    const fix = replaced ?? (suggestion === undefined ? listed : `Rename it to '${suggestion}'.`);
    this.#report(
      "unknown-key",
      entry.keySpan,
      place,
      `Unknown ${kind} '${key}'${where}${didYouMean(replaced ? undefined : suggestion)}`,
      fix,
    );
  }

  #missingKey(key: string, format: FormatSchema | undefined, place: Place): void {
    const example = format?.examples?.[0];
    const value = example === undefined ? "" : ` ${printInline(example)}`;
    const fix = `Add \`${key}:${value}\`.`;
    this.#report("missing-key", place.key, place, `${formatSubject(place)} has no key '${key}'.`, fix);
  }

  #report(code: DiagnosticCode, span: Span, place: Place, message: string, fix: string): void {
    this.#findings.add(place.isSchema ? "invalid-schema" : code, span, message, fix);
  }
}

function findMemberFormat(format: FormatSchema, key: string): FormatSchema | undefined {
  if (format.properties && Object.hasOwn(format.properties, key)) return format.properties[key];
  for (const [pattern, member] of Object.entries(format.patternProperties ?? {})) {
    if (new RegExp(pattern, "u").test(key)) return member;
  }
  return format.additionalProperties === false ? undefined : (format.additionalProperties ?? {});
}

const formatSubject = ({ path }: Place): string => (path === "" ? "The spec" : `'${path}'`);

/** A key as a part of a path: quoted unless it is a plain word. */
const formatKey = (key: string): string => (/^[\w$-]+$/.test(key) ? key : JSON.stringify(key));

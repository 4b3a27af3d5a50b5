import { suggest } from "../diagnostics/suggest.js";
import { describeNode, hasType } from "./check-value.js";
import { findCircles } from "./find-circles.js";
import type { Findings } from "./findings.js";
import type { JsonType } from "./format-schema.js";
import { decodeFragment, type SchemaPlace, SchemaResolver, sharedName } from "./resolve-reference.js";
import { entriesOf, itemsOf, memberOf, type ScalarNode, type SourceNode, textOf } from "./source-node.js";
import { subschemasOf } from "./subschemas.js";

/**
 * Checks `$ref`, `pattern` and the values beside `type` in every schema of the spec, and that no schema is only
 * itself again.
 */
export function checkReferences(spec: SourceNode, findings: Findings): void {
  const resolver = new SchemaResolver(spec);
  const shared = [...resolver.shared.keys()].slice(0, 200);
  const places = [...rootSchemas(spec)].flatMap((root) => [...placesIn({ node: root, root })]);
  for (const { node, root } of places) {
    // Comparing with every name for every reference would take quadratic time in a hostile spec.
    const names = findings.isFull ? [] : shared;
    const reference = memberOf(node, "$ref");
    const text = textOf(reference);
    if (reference?.kind === "scalar" && text !== undefined && !resolver.resolve(text, root)) {
      reportUnknown(reference, { names, root, findings });
    }
    checkTypes(node, findings);
    checkPattern(memberOf(node, "pattern"), findings);
    for (const [value, { keySpan }] of entriesOf(memberOf(node, "patternProperties"))) {
      checkPattern({ kind: "scalar", span: keySpan, value }, findings);
    }
  }
  for (const reference of findCircles(places, (text, root) => resolver.resolve(text, root))) {
    const message = "this reference leads back to itself without ever reaching a value";
    findings.add("invalid-schema", reference.span, message, "let the circle go through properties or items");
  }
}

function* rootSchemas(spec: SourceNode): Generator<SourceNode> {
  for (const [, { node }] of entriesOf(memberOf(spec, "schemas"))) yield node;
  for (const [, { node: module }] of entriesOf(memberOf(spec, "modules"))) {
    const commands = entriesOf(memberOf(module, "commands"));
    for (const [, { node }] of commands) yield* present(memberOf(node, "request"), memberOf(node, "reply"));
    for (const [, { node }] of entriesOf(memberOf(module, "events"))) yield* present(memberOf(node, "data"));
  }
}

const present = (...nodes: (SourceNode | undefined)[]): SourceNode[] =>
  nodes.filter((node) => node !== undefined);

/** A schema and all schemas inside it. */
function* placesIn(place: SchemaPlace): Generator<SchemaPlace> {
  yield place;
  if (place.node.kind !== "map") return;
  for (const [, node] of subschemasOf(place.node)) yield* placesIn({ node, root: place.root });
}

interface Scope {
  /** Names of the shared schemas. */
  readonly names: readonly string[];
  /** The whole schema that holds the reference. */
  readonly root: SourceNode;
  readonly findings: Findings;
}

function reportUnknown(reference: ScalarNode, { names, root, findings }: Scope): void {
  const text = String(reference.value);
  const fragment = decodeFragment(text);
  const own = entriesOf(memberOf(root, "$defs")).map(([name]) => name);
  const wanted = sharedName(fragment ?? "");
  const nearest = wanted === undefined ? nearestOwn(fragment, own) : nearestShared(wanted, names);
  const hint = nearest === undefined ? "" : `; did you mean '${nearest}'?`;
  const fix = nearest === undefined ? adviceFor(wanted) : `write '${nearest}'`;
  findings.add("unknown-reference", reference.span, `there is no schema ${JSON.stringify(text)}${hint}`, fix);
}

function nearestShared(wanted: string, names: readonly string[]): string | undefined {
  const meant = suggest(wanted, names);
  return meant && `#/schemas/${meant}`;
}

function nearestOwn(fragment: string | undefined, own: readonly string[]): string | undefined {
  const meant = fragment?.startsWith("/$defs/") ? suggest(fragment.slice("/$defs/".length), own) : undefined;
  return meant && `#/$defs/${meant}`;
}

const adviceFor = (wanted: string | undefined): string =>
  wanted === undefined
    ? "write '#/schemas/Name' for a shared schema, '#/$defs/Name' for one of this schema's own"
    : `add ${JSON.stringify(wanted)} below 'schemas:'`;

/** Warns of values that the schema's own `type` never lets pass. */
function checkTypes(schema: SourceNode, findings: Findings): void {
  const type = memberOf(schema, "type");
  const types = (type?.kind === "list" ? type.items : present(type)).map(textOf) as JsonType[];
  if (types.length === 0) return;
  const lists = ["enum", "examples"].map((keyword) => [keyword, itemsOf(memberOf(schema, keyword))] as const);
  const single = ["const", "default"].map(
    (keyword) => [keyword, present(memberOf(schema, keyword))] as const,
  );
  for (const [keyword, values] of [...lists, ...single]) {
    for (const value of values.filter((each) => !hasType(each, { type: types }))) {
      const message = `${keyword} has ${describeNode(value)}, which the type ${types.join(" or ")} does not allow`;
      const written = findings.source.text.slice(value.span.start, value.span.end);
      const isQuotable = value.kind === "scalar" && types.includes("string");
      const fix = isQuotable ? `write it in quotes: '${written}'` : "change the value, or the type";
      findings.warn("invalid-schema", value.span, message, fix);
    }
  }
}

function checkPattern(node: SourceNode | undefined, findings: Findings): void {
  const pattern = textOf(node);
  if (node === undefined || pattern === undefined) return;
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the pattern is no regular expression: ${reason}`;
    findings.add("invalid-schema", node.span, message, "correct it; it is read as ECMA-262 with the u flag");
  }
}

import { describeNode, hasType } from "./check-value.js";
import type { Findings } from "./findings.js";
import type { JsonType } from "./format-schema.js";
import { entriesOf, itemsOf, memberOf, type SourceNode, textOf } from "./source-node.js";

/** Checks `pattern` and the values beside `type` in one JSON Schema, whose keywords have the right shape or are reported. */
export function checkKeywords(schema: SourceNode, findings: Findings): void {
  checkTypes(schema, findings);
  checkPattern(memberOf(schema, "pattern"), findings);
  for (const [value, { keySpan }] of entriesOf(memberOf(schema, "patternProperties"))) {
    checkPattern({ kind: "scalar", span: keySpan, value }, findings);
  }
}

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
    const message = `the pattern is not a regular expression: ${reason}`;
    findings.add("invalid-schema", node.span, message, "correct it; it is read as ECMA-262 with the u flag");
  }
}

const present = (node: SourceNode | undefined): SourceNode[] => (node === undefined ? [] : [node]);

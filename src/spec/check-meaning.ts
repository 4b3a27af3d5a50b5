import type { Findings } from "./findings.js";
import { parseRoute } from "./route-pattern.js";
import { entriesOf, itemsOf, memberOf, type SourceNode, textOf } from "./source-node.js";
import { specSchema } from "./spec-schema.js";

/**
 * Checks what a schema cannot say: routes, flags that come from names, and that a request is an object. Values of a wrong type are passed over; the shape check has reported them.
 */
export function checkMeaning(root: SourceNode, findings: Findings): void {
  for (const [name, entry] of entriesOf(memberOf(root, "modules"))) {
    if (memberOf(entry.node, "flag") === undefined && !isFlag(name)) {
      const message = `the name ${JSON.stringify(name)} cannot be the module's flag, which is a segment of its routes`;
      findings.add("invalid-value", entry.keySpan, message, "add 'flag:' with letters, digits, '-' and '_'");
    }
    for (const url of itemsOf(memberOf(entry.node, "urls"))) checkUrl(url, findings);
    for (const [, command] of entriesOf(memberOf(entry.node, "commands"))) {
      checkRequest(memberOf(command.node, "request"), findings);
    }
  }
}

const FLAG = specSchema.definitions.module?.properties?.flag?.pattern ?? "";
// ASCII first: compiling a class of all letters takes longer than reading a spec.
const isFlag = (name: string): boolean => /^[\w~-]+$/.test(name) || new RegExp(FLAG, "u").test(name);

function checkUrl(node: SourceNode, findings: Findings): void {
  const route = parseRoute(textOf(node) ?? "");
  if (!("problem" in route)) return;
  const message = `the route ${JSON.stringify(textOf(node))} ${route.problem}`;
  findings.add("invalid-value", node.span, message, "write it like ws, rooms/:room or files/*path");
}

function checkRequest(schema: SourceNode | undefined, findings: Findings): void {
  const type = memberOf(schema, "type");
  const types = type?.kind === "list" ? type.items.map(textOf) : [textOf(type)];
  if (type === undefined || types.includes("object") || types.includes(undefined)) return;
  const message = `a request is a message with fields, so its schema cannot be of type ${types.join(" or ")}`;
  findings.add(
    "invalid-schema",
    type.span,
    message,
    "write type: object, with the value as one of its properties",
  );
}

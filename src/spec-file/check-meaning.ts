import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { describeNode, hasType } from "./check-value.js";
import type { DiagnosticCollector } from "./diagnostic-collector.js";
import type { JsonType } from "./format-schema.js";
import { checkNullable } from "./nullable.js";
import { parseRoute } from "./route-pattern.js";
import { isShortSchema } from "./short-schema.js";
import { getEntries, getItems, getMember, getText, type SourceNode } from "./source-tree.js";
import { normaliseFolder } from "./spec.js";
import { specSchema } from "./spec-schema.js";

/**
 * Checks rules that a schema cannot express: routes, flags that come from names, and that a request is an object. Skips
 * values of a wrong type: the shape check has reported them.
 */
export function checkMeaning(root: SourceNode, findings: DiagnosticCollector): void {
  checkClientFolder(getMember(getMember(root, "client"), "out"), findings);
  for (const [name, entry] of getEntries(getMember(root, "modules"))) {
    if (getMember(entry.node, "flag") === undefined && !isFlag(name)) {
      const message = `The name '${name}' cannot be the module's flag, which is the first segment of its routes.`;
      findings.add("invalid-value", entry.keySpan, message, "Add `flag:` with letters, digits, '-' and '_'.");
    }
    for (const url of getItems(getMember(entry.node, "urls"))) checkUrl(url, findings);
    checkHandshake(getMember(entry.node, "handshake"), findings);
    checkPresence(entry.node, findings);
    checkErrors(getMember(entry.node, "errors"), findings);
    for (const [, command] of getEntries(getMember(entry.node, "commands"))) {
      checkObject(getMember(command.node, "request"), "A request is a message with fields", findings);
      checkErrors(getMember(command.node, "errors"), findings);
    }
  }
}

const flagPattern = specSchema.definitions.module?.properties?.flag?.pattern ?? "";
// ASCII first: compiling a class of all letters takes longer than reading a spec.
const isFlag = (name: string): boolean => /^[\w~-]+$/.test(name) || new RegExp(flagPattern, "u").test(name);

/** Folders that are not for code: what is written there would be lost, or would not be found again. */
const foreignFolders: ReadonlySet<string> = new Set([".git", ".wsgen", "node_modules"]);

function checkClientFolder(node: SourceNode | undefined, findings: DiagnosticCollector): void {
  const out = getText(node);
  if (node === undefined || out === undefined || out === "") return;
  const names = normaliseFolder(out)
    .replace(/^(?:\.\.\/)+/, "")
    .split("/");
  const isPlain = names.every((name) => ![".", "..", ""].includes(name) && !/[\p{Cc}\\:*?"<>|]/u.test(name));
  const foreign = names.find((name) => foreignFolders.has(name.toLowerCase()));
  if (isPlain && foreign === undefined) return;
  const message = isPlain
    ? `The clients cannot be in '${out}', because ${foreign} is not a folder for code.`
    : `'${out}' is not the relative path of a folder for the clients.`;
  const fix = "Write names with '/' between them, such as `client` or `../web/src/api`.";
  findings.add("invalid-value", node.span, message, fix);
}

function checkUrl(node: SourceNode, findings: DiagnosticCollector): void {
  const route = parseRoute(getText(node) ?? "");
  if (!("problem" in route)) return;
  const message = `The route '${getText(node)}' ${route.problem}.`;
  findings.add("invalid-value", node.span, message, "Write it like `ws`, `rooms/:room` or `files/*path`.");
}

/** @param reason the beginning of the message: "A request is a message with fields" */
function checkObject(schema: SourceNode | undefined, reason: string, findings: DiagnosticCollector): void {
  const type = getMember(schema, "type");
  const types = type?.kind === "list" ? type.items.map(getText) : [getText(type)];
  if (type === undefined || types.includes("object") || types.includes(undefined)) return;
  const message = `${reason}, so the schema must have type object, not ${types.join(" or ")}.`;
  findings.add(
    "invalid-schema",
    type.span,
    message,
    "Write `type: object`, and make the value one of its properties.",
  );
}

function checkErrors(errors: SourceNode | undefined, findings: DiagnosticCollector): void {
  for (const [, { node }] of getEntries(errors)) checkShortSchema(getMember(node, "details"), findings);
}

/** Each part of a handshake is an object of values. */
function checkHandshake(handshake: SourceNode | undefined, findings: DiagnosticCollector): void {
  for (const [, { node }] of getEntries(handshake)) {
    checkShortSchema(node, findings);
    if (node.kind === "scalar" && node.value === false) {
      const fix = "Describe the values, or remove this part.";
      findings.add("invalid-schema", node.span, "The schema false would refuse every handshake.", fix);
    }
    if (!isShortSchema(node)) checkObject(node, "The values of a handshake have names", findings);
  }
}

/** The data of the events of joins and leaves is known, and they have a receiver less than a replay. */
function checkPresence(module: SourceNode, findings: DiagnosticCollector): void {
  const presence = getMember(module, "presence");
  const state = getMember(presence, "state");
  checkShortSchema(state, findings);
  if (state?.kind === "scalar" && state.value === false)
    findings.add(
      "invalid-schema",
      state.span,
      "The schema false allows no public state.",
      "Describe the state.",
    );
  const events = getMember(module, "events");
  for (const key of presenceEvents) {
    const node = getMember(presence, key);
    const name = getText(node);
    if (node !== undefined && name !== undefined) checkPresenceEvent({ key, name, node, events }, findings);
  }
  const [join, leave] = presenceEvents.map((key) => getMember(presence, key));
  const name = getText(leave);
  if (leave === undefined || name === undefined || getText(join) !== name) return;
  const message = `'${name}' is the event of both joins and leaves, so that clients could not tell them apart.`;
  findings.add("invalid-value", leave.span, message, "Declare a second event for leaves.");
}

const presenceEvents = ["join", "leave"] as const;

function checkPresenceEvent(
  {
    key,
    name,
    node,
    events,
  }: Record<"key" | "name", string> & {
    readonly node: SourceNode;
    readonly events: SourceNode | undefined;
  },
  findings: DiagnosticCollector,
): void {
  const entries = new Map(getEntries(events));
  const event = entries.get(name);
  if (event === undefined) {
    const meant = suggest(name, [...entries.keys()]);
    const message = `The module has no event '${name}'${didYouMean(meant)}`;
    const fix =
      meant === undefined ? `Add \`${name}:\` below \`events:\` of the module.` : `Write '${meant}'.`;
    findings.add("unknown-reference", node.span, message, fix);
    return;
  }
  const reasons = {
    data: `has the data { room, id, state }, because it is the event of \`${key}:\` below \`presence:\``,
    replay: `is sent to the other members of a room only, because it is the event of \`${key}:\` below \`presence:\`, and a replay does not know which`,
  };
  for (const [member, reason] of Object.entries(reasons)) {
    const entry = new Map(getEntries(event.node)).get(member);
    if (entry !== undefined)
      findings.add(
        "invalid-value",
        entry.keySpan,
        `The event '${name}' ${reason}.`,
        `Remove \`${member}:\`.`,
      );
  }
}

/**
 * Refuses a property that is written twice, and a mapping that does not show whether it is a schema or the properties of
 * one: `items: { type: array }` would be a schema that says nothing about objects.
 */
function checkShortSchema(schema: SourceNode | undefined, findings: DiagnosticCollector): void {
  const entries = getEntries(schema);
  const [first] = entries;
  if (schema === undefined || first === undefined) return;
  if (isShortSchema(schema)) {
    for (const [key, { keySpan }] of entries) {
      if (getMember(schema, `${key}?`) === undefined) continue;
      const message = `The property '${key}' is required here and optional under '${key}?'.`;
      findings.add("duplicate-key", keySpan, message, "Remove one of the two.");
    }
    return;
  }
  if (entries.some(([key]) => shapingKeywords.has(key))) return;
  const [key, { keySpan }] = first;
  const message = `The key '${key}' can be a keyword of JSON Schema or a property.`;
  const fix = "Write type: object, and put the properties below 'properties:'.";
  findings.add("invalid-schema", keySpan, message, fix);
}

const shapingKeywords: ReadonlySet<string> = new Set([
  ...["type", "$ref", "enum", "const", "properties", "allOf", "anyOf", "oneOf"],
]);

/** Checks `pattern` and the values beside `type` in one JSON Schema, whose keywords were checked before. */
export function checkKeywords(schema: SourceNode, findings: DiagnosticCollector): void {
  checkTypes(schema, findings);
  checkNullable(schema, findings);
  checkPattern(getMember(schema, "pattern"), findings);
  for (const [value, { keySpan }] of getEntries(getMember(schema, "patternProperties"))) {
    checkPattern({ kind: "scalar", span: keySpan, value }, findings);
  }
}

/** Warns of values that the schema's own `type` excludes. */
function checkTypes(schema: SourceNode, findings: DiagnosticCollector): void {
  const type = getMember(schema, "type");
  const types = (type?.kind === "list" ? type.items : toList(type)).map(getText) as JsonType[];
  if (types.length === 0) return;
  const nullable = getMember(schema, "nullable");
  if (nullable?.kind === "scalar" && nullable.value === true) types.push("null");
  const lists = ["enum", "examples"].map(
    (keyword) => [keyword, getItems(getMember(schema, keyword))] as const,
  );
  const single = ["const", "default"].map(
    (keyword) => [keyword, toList(getMember(schema, keyword))] as const,
  );
  for (const [keyword, values] of [...lists, ...single]) {
    for (const value of values.filter((each) => !hasType(each, { type: types }))) {
      const message = `'${keyword}' contains ${describeNode(value)}, which type ${types.join(" or ")} does not allow.`;
      const written = findings.source.text.slice(value.span.start, value.span.end);
      const isQuotable = value.kind === "scalar" && types.includes("string");
      const fix = isQuotable ? `Write it in quotes: \`'${written}'\`.` : "Change the value or the type.";
      findings.warn("invalid-schema", value.span, message, fix);
    }
  }
}

function checkPattern(node: SourceNode | undefined, findings: DiagnosticCollector): void {
  const pattern = getText(node);
  if (node === undefined || pattern === undefined) return;
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The pattern is not a regular expression: ${reason}.`;
    findings.add("invalid-schema", node.span, message, "Correct it; it is read as ECMA-262 with the u flag.");
  }
}

const toList = (node: SourceNode | undefined): SourceNode[] => (node === undefined ? [] : [node]);

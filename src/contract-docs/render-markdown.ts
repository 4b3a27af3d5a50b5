import { markdownText } from "../render/encoders.js";
import { fillTemplate, type Templates } from "../render/engine.js";
import type {
  ContractDocument,
  EntryDoc,
  ExampleDoc,
  ModuleDoc,
  RulePiece,
  ShapeDoc,
  TypePiece,
} from "./contract-document.js";

/**
 * The document as Markdown, as GitHub and npm show it. Every text of the spec is escaped here; the template adds none.
 * @param flowchart the picture in the language of Mermaid
 */
export const renderMarkdown = (
  contract: ContractDocument,
  { templates, flowchart }: { readonly templates: Templates; readonly flowchart: string },
): string =>
  fillTemplate(templates, "contract-docs/contract.md", {
    name: line(contract.name),
    description: line(contract.description),
    flowchart: flowchart.trimEnd(),
    modules: contract.modules.map(moduleView),
    hasSchemas: contract.schemas.length > 0,
    schemas: contract.schemas.map((schema) => ({
      ...entryView(schema),
      from: line(schema.from),
      shape: writeShape(schema.shape),
    })),
    runtimeErrors: contract.runtimeErrors.map(([code, meaning]) => ({ code, meaning })),
  });

const moduleView = (module: ModuleDoc) => ({
  ...entryView(module),
  addresses: module.addresses.map(code),
  notes: module.notes.map(line),
  hasHandshake: module.handshake.length > 0,
  handshake: module.handshake.map(({ title, shape }) => ({ title, shape: writeShape(shape) })),
  handshakeExample: module.handshakeExample === "" ? "" : fence(module.handshakeExample, ""),
  presence: module.presence.map(({ notes, shape }) => ({ notes: notes.map(line), shape: writeShape(shape) })),
  hasCommands: module.commands.length > 0,
  commands: module.commands.map((command) => ({
    ...entryView(command),
    notes: command.notes.map(line),
    request: writeShape(command.request),
    reply: writeShape(command.reply),
    hasErrors: command.errors.length > 0,
    errors: command.errors.map((error) => ({
      link: `[${code(error.code)}](#${error.anchor})`,
      description: line(error.description),
    })),
    examples: writeExamples(command.examples),
  })),
  hasEvents: module.events.length > 0,
  events: module.events.map((event) => ({
    ...entryView(event),
    notes: event.notes.map(line),
    data: writeShape(event.data),
    examples: writeExamples(event.examples),
  })),
  hasErrors: module.errors.length > 0,
  errors: module.errors.map((error) => ({
    ...entryView(error),
    notes: error.notes.map(line),
    details: error.details.map(writeShape),
    examples: writeExamples(error.examples),
  })),
});

const entryView = ({ anchor, name, description }: EntryDoc) => ({
  anchor,
  name: line(name),
  description: line(description),
});

/** Text within a line. A dollar sign would begin a formula on GitHub. Blanks at its ends stay. */
const inline = (text: string): string =>
  `${/^\s/.test(text) ? " " : ""}${markdownText(text).replaceAll("$", "\\$")}${/\s$/.test(text) ? " " : ""}`;

/** Text as one line that begins nothing but a paragraph. */
const line = (text: string): string =>
  inline(text)
    .trim()
    .replace(/^(\d+)([.)])/, "$1\\$2")
    .replace(/^[-+=:]/, "\\$&");

/**
 * A code span that may also be in a cell of a table, where a bar is escaped even in code. A backslash before a bar cannot be
 * written there, so such text is escaped prose; so is text with line ends.
 */
function code(text: string): string {
  if (/\\\||[\p{C}\u2028\u2029]|^\s|\s$|^$/u.test(text)) return line(text);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  const blank = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${blank}${text.replaceAll("|", "\\|")}${blank}${ticks}`;
}

/** A block of code, with more back-ticks around it than in it. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\r\n?/g, "\n")}\n${ticks}`;
}

const pieces = (type: readonly TypePiece[]): string =>
  type
    .map(({ text, anchor }) => (anchor === "" ? code(text.trim()) : `[${code(text)}](#${anchor})`))
    .join(" ");

const writeRules = (rules: readonly RulePiece[]): string =>
  rules.map(({ text, isCode }) => (isCode ? code(text) : inline(text))).join("");

function writeShape({ words, summary, rules, fields, declaration }: ShapeDoc): string {
  const hasDefaults = fields.some(({ defaultValue }) => defaultValue !== "");
  const columns = ["field", "type", "required", ...(hasDefaults ? ["default"] : []), "description"];
  const rows = fields.map((field) => [
    code(field.path) + (field.isDeprecated ? " (deprecated)" : ""),
    pieces(field.type),
    field.isRequired ? "yes" : "no",
    ...(hasDefaults ? [field.defaultValue === "" ? "" : code(field.defaultValue)] : []),
    [line(field.description), writeRules(field.rules)].filter((text) => text !== "").join(" "),
  ]);
  const table = [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const type = declaration.map(({ text }) => text).join("");
  return [
    ...(words === "" ? [] : [words]),
    ...(summary.length === 0 ? [] : [pieces(summary)]),
    ...(rules.length === 0 ? [] : [writeRules(rules)]),
    ...(fields.length === 0 ? [] : [table.join("\n")]),
    ...(type === "" ? [] : [fence(type, "ts")]),
  ].join("\n\n");
}

const writeExamples = (examples: readonly ExampleDoc[]): readonly string[] =>
  examples.map(({ title, messages }) => {
    const text = messages.map(({ from, json }) => `${from === "client" ? "→" : "←"} ${json}`).join("\n");
    return `${title}:\n\n${fence(text, "text")}`;
  });

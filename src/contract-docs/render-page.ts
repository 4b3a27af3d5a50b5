import { createHash } from "node:crypto";
import { fillHtml, getTemplate, type Templates } from "../render/engine.js";
import type { ContractDocument, EntryDoc, ExampleDoc, ModuleDoc, ShapeDoc } from "./contract-document.js";

const folder = "contract-docs/";

/** The document as one page of HTML. Its style and script are in it, and its policy allows no others. */
export function renderPage(contract: ContractDocument, templates: Templates): string {
  const style = getTemplate(templates, `${folder}page.css`);
  const script = getTemplate(templates, `${folder}page.js`);
  return fillHtml(templates, `${folder}page.html`, {
    name: contract.name,
    description: contract.description,
    policy: writePolicy(style, script),
    style,
    script,
    modules: contract.modules.map(moduleView),
    hasSchemas: contract.schemas.length > 0,
    schemas: contract.schemas.map((schema) => ({ ...schema, shape: shapeView(schema.shape) })),
    runtimeErrors: contract.runtimeErrors.map(([code, meaning]) => ({ code, meaning })),
  });
}

/** A Content-Security-Policy that allows the page's own style and script, by their hashes (CSP Level 3 §2.3.1), and nothing else. */
function writePolicy(style: string, script: string): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

const moduleView = (module: ModuleDoc) => ({
  ...module,
  hasHandshake: module.handshake.length > 0,
  handshake: module.handshake.map(({ title, shape }) => ({ title, shape: shapeView(shape) })),
  presence: module.presence.map(({ notes, shape }) => ({ notes, shape: shapeView(shape) })),
  groups: [
    groupView("Commands", module, module.commands.map(commandParts)),
    groupView(
      "Events",
      module,
      module.events.map((event) => ({ kind: "event", entry: event, parts: [part("Data", event.data)] })),
    ),
    groupView(
      "Errors",
      module,
      module.errors.map((error) => ({
        kind: "error",
        entry: error,
        parts: error.details.map((details) => part("Details", details)),
      })),
    ),
  ].filter(({ entries }) => entries.length > 0),
});

interface EntryParts {
  readonly kind: string;
  readonly entry: EntryDoc & { readonly notes: readonly string[]; readonly examples: readonly ExampleDoc[] };
  readonly parts: readonly { readonly title: string; readonly shape: object }[];
  readonly errors?: readonly object[];
}

const commandParts = (command: ModuleDoc["commands"][number]): EntryParts => ({
  kind: "command",
  entry: command,
  parts: [part("Request", command.request), part("Reply", command.reply)],
  errors: command.errors,
});

const part = (title: string, shape: ShapeDoc) => ({ title, shape: shapeView(shape) });

const groupView = (title: string, { name }: ModuleDoc, entries: readonly EntryParts[]) => ({
  title,
  module: name,
  entries: entries.map(({ kind, entry, parts, errors = [] }) => ({
    anchor: entry.anchor,
    name: entry.name,
    description: entry.description,
    notes: entry.notes,
    examples: entry.examples,
    kind,
    parts,
    errors,
  })),
});

const shapeView = (shape: ShapeDoc) => ({
  ...shape,
  hasDefaults: shape.fields.some(({ defaultValue }) => defaultValue !== ""),
});

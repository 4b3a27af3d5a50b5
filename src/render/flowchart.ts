import { escapeControls } from "../diagnostics/display-text.js";
import type { Model, ModuleModel } from "../model/model.js";
import { joinRoute } from "../spec-file/route-pattern.js";

/** A longer list ends with "… 5 more": a picture of hundreds of boxes shows nothing. */
const longestList = 12;

/** Mermaid and GitHub refuse a larger text (`maxTextSize`) and more than 500 arrows (`maxEdges`). */
const limits = { characters: 50_000, modules: 60 } as const;

/**
 * The server as a flowchart in the language of Mermaid: ports → modules → routes → commands and events. Same model, same text.
 * The commands and events of a large server are only counted.
 */
export function drawFlowchart(model: Model): string {
  const whole = drawModules(model.modules, listNames);
  const isTooLarge = whole.length > limits.characters || model.modules.length > limits.modules;
  return isTooLarge ? drawModules(model.modules, countNames) : whole;
}

function drawModules(modules: readonly ModuleModel[], draw: DrawGroup): string {
  const ports = [...new Set(modules.map(({ port }) => port))];
  const lines = ["flowchart LR", ...(modules.length === 0 ? ['  empty["no modules"]'] : [])];
  for (const port of ports) {
    lines.push(`  port${port}(["port ${port}"])`);
    for (const [index, module] of modules.entries())
      if (module.port === port) lines.push(...drawModule(module, `m${index + 1}`, draw));
  }
  return `${lines.join("\n")}\n`;
}

function drawModule(module: ModuleModel, id: string, draw: DrawGroup): readonly string[] {
  const { commands, events, urls } = module;
  const routes = cut(urls.map((url) => joinRoute(module.flag, url)));
  const ends = routes.map((_, index) => `${id}r${index + 1}`).join(" & ");
  return [
    `  port${module.port} --> ${id}["${escapeLabel(module.wireName)}"]`,
    ...routes.map((route, index) => `  ${id} --> ${id}r${index + 1}[/"${escapeLabel(route)}"/]`),
    // A command goes to the server, an event comes from it.
    ...drawGroup({ id: `${id}c`, kind: "command", arrow: `${ends} -->`, names: namesOf(commands) }, draw),
    ...drawGroup({ id: `${id}e`, kind: "event", arrow: `${ends} -.->`, names: namesOf(events) }, draw),
  ];
}

const namesOf = (entries: readonly { readonly wireName: string }[]): readonly string[] =>
  entries.map(({ wireName }) => wireName);

interface Group {
  readonly id: string;
  readonly kind: "command" | "event";
  readonly arrow: string;
  readonly names: readonly string[];
}

/** The lines of a group, without the arrow that leads to it. */
type DrawGroup = (group: Group) => readonly string[];

const drawGroup = (group: Group, draw: DrawGroup): readonly string[] =>
  group.names.length === 0 ? [] : [...draw(group), `  ${group.arrow} ${group.id}`];

const listNames: DrawGroup = ({ id, kind, names }) => [
  `  subgraph ${id}["${kind}s"]`,
  // Below each other.
  "    direction LR",
  ...cut(names).map((name, index) => `    ${id}${index + 1}("${escapeLabel(name)}")`),
  "  end",
];

const countNames: DrawGroup = ({ id, kind, names: { length } }) => [
  `  ${id}("${length} ${kind}${length === 1 ? "" : "s"}")`,
];

const cut = (names: readonly string[]): readonly string[] =>
  names.length <= longestList
    ? names
    : [...names.slice(0, longestList - 1), `… ${names.length - longestList + 1} more`];

/** More characters of a name are cut off: a name may have thousands. */
const longestName = 80;

/** Text that Mermaid shows as it is: it is neither Markdown nor an icon nor an entity. */
const plain = /^(?:\/:?|… )?[\p{L}\p{N}]+(?:(?:[ ._-]|\/:?)[\p{L}\p{N}]+)*(?:\/\*[\p{L}\p{N}]+)?$/u;

/** A name as the text of a box. Characters with a meaning in Mermaid or in Markdown become entities: `#34;` is a quote. */
function escapeLabel(name: string): string {
  const characters = [...name];
  const text = characters.length <= longestName ? name : `${characters.slice(0, longestName).join("")}…`;
  if (plain.test(text)) return text;
  return escapeControls(text).replace(/[^\p{L}\p{N} ]/gu, (character) => `#${character.codePointAt(0)};`);
}

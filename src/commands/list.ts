import { hasErrors } from "../diagnostics/diagnostic.js";
import { escapeControls } from "../diagnostics/display-text.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import {
  type ErrorModel,
  type EventModel,
  listGuards,
  type Model,
  type ModuleModel,
} from "../model/model.js";
import { readModel } from "../read-model.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { type CommandResult, refuse } from "../run/result.js";
import { joinRoute } from "../spec-file/route-pattern.js";

/** `wsgen list`: prints modules, routes, commands and events, as a tree, as JSON, or as a flowchart of Mermaid. */
export async function listCommand(
  { mermaid }: { readonly mermaid: boolean },
  options: GlobalOptions,
): Promise<CommandResult> {
  const read = await readSpecFile(options.cwd, getSpecPath(options));
  if (read.value === undefined) return refuse("list", read.diagnostics);
  const { value: model, diagnostics } = readModel(read.value);
  if (model === undefined || hasErrors(diagnostics)) return refuse("list", diagnostics);
  const answer = mermaid ? await drawAnswer(model) : { text: printTree(model), json: toJson(model) };
  return { command: "list", changes: [], diagnostics, written: false, next: [], answer };
}

async function drawAnswer(model: Model) {
  const { drawFlowchart } = await import("../render/flowchart.js");
  const text = drawFlowchart(model);
  return { text, json: { ...toJson(model), mermaid: text } };
}

const toJson = (model: Model) => ({
  name: model.name,
  modules: model.modules.map((module) => ({
    name: module.wireName,
    flag: module.flag,
    port: module.port,
    routes: listRoutes(module),
    file: module.files.module,
    guards: module.guards.map(({ wireName }) => wireName),
    commands: module.commands.map(({ wireName, description, file, guards, errors }) => ({
      name: wireName,
      description,
      file,
      guards: guards.map((guard) => guard.wireName),
      errors: errors.map((error) => error.wireName),
    })),
    events: module.events.map(named),
    errors: module.errors.map(named),
  })),
});

const named = ({ wireName, description }: EventModel | ErrorModel) => ({ name: wireName, description });

/** The full route patterns of a module: `/chat/rooms/:room`. */
const listRoutes = ({ flag, urls }: ModuleModel): readonly string[] =>
  urls.map((url) => joinRoute(flag, url));

function printTree(model: Model): string {
  const lines = [model.name];
  for (const module of model.modules) {
    lines.push(`  ${module.wireName}  port ${module.port}  ${module.files.module}`);
    for (const route of listRoutes(module)) lines.push(`    route    ${route}`);
    for (const guard of listGuards(module)) {
      const commands = module.commands.filter(({ guards }) => guards.includes(guard));
      const guarded = commands.map(({ wireName }) => wireName).join(", ");
      lines.push(printEntry("guard", guard.wireName, guarded === "" ? "every message" : guarded));
    }
    for (const { wireName, description } of module.commands)
      lines.push(printEntry("command", wireName, description));
    for (const { wireName, description } of module.events)
      lines.push(printEntry("event", wireName, description));
    for (const { wireName, description } of module.errors)
      lines.push(printEntry("error", wireName, description));
  }
  return `${lines.map(escapeControls).join("\n")}\n`;
}

const printEntry = (kind: string, name: string, description: string): string =>
  `    ${kind.padEnd(7)}  ${name.padEnd(16)}  ${description.split("\n")[0] ?? ""}`.trimEnd();

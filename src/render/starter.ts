import { basename } from "node:path";
import { fillTemplate, type Templates } from "./engine.js";

const prefix = "starter/";

/**
 * The files that a new project without a spec starts with: the ping example, its spec and its code filled in.
 * The name is made from the folder's.
 */
export function starterFiles(templates: Templates, folder: string): ReadonlyMap<string, string> {
  const name = projectName(basename(folder));
  const names = [...templates.keys()].filter((template) => template.startsWith(prefix)).sort();
  return new Map(
    names.map((template) => [template.slice(prefix.length), fillTemplate(templates, template, { name })]),
  );
}

const projectName = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "websocket-server";

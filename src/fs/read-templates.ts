import { readOwnFiles } from "./own-files.js";

const extension = ".hbs";

let templates: Promise<ReadonlyMap<string, string>> | undefined;

/**
 * The templates that come with wsgen, by name: `project/README.md` is `templates/project/README.md.hbs`. A run reads them
 * once, however often it asks.
 */
export function readTemplates(): Promise<ReadonlyMap<string, string>> {
  templates ??= readAll();
  return templates;
}

async function readAll(): Promise<ReadonlyMap<string, string>> {
  const files = await readOwnFiles("templates");
  return new Map(
    [...files]
      .filter(([path]) => path.endsWith(extension))
      .map(([path, content]) => [path.slice(0, -extension.length), content.toString()]),
  );
}

import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../templates/", import.meta.url));
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
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(extension));
  return new Map(
    await Promise.all(
      files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const name = relative(folder, path).slice(0, -extension.length).replaceAll(sep, "/");
        return [name, await readFile(path, "utf8")] as const;
      }),
    ),
  );
}

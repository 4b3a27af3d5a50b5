import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed wsgen. With Yarn's Plug'n'Play it is inside a zip archive, which only Node's own file functions can read. */
export const ownRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Reads the files below a folder of wsgen, by their path in it. Without `recursive`, which Yarn does not support. */
export async function readOwnFiles(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(join(ownRoot, folder, path), { withFileTypes: true })) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) await visit(inner);
      else files.set(inner, await readFile(join(ownRoot, folder, inner)));
    }
  };
  await visit("");
  return files;
}

const extension = ".hbs";

/** The core of the client, which the build makes from the sources of the runtime. */
const clientCore = "dist/bundle/client-core.ts";

/**
 * Reads the templates of wsgen, by name: `project/README.md` is `templates/project/README.md.hbs`. A file without that ending is
 * a text into which nothing is filled.
 */
export async function readTemplates(): Promise<ReadonlyMap<string, string>> {
  const files = await readOwnFiles("templates");
  const templates = [...files].map(
    ([path, content]) =>
      [path.endsWith(extension) ? path.slice(0, -extension.length) : path, content.toString()] as const,
  );
  return new Map([...templates, [basename(clientCore), await readFile(join(ownRoot, clientCore), "utf8")]]);
}

const ownPackage = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

/** The version of this wsgen. */
export const wsgenVersion = (): string => ownPackage.version;

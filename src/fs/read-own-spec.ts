import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The spec that a project's package.json names with `"wsgen": { "spec": … }`, relative to the project's root; undefined where
 * there is no such key, or no package.json that can be read.
 */
export async function readOwnSpec(root: string): Promise<string | undefined> {
  try {
    const { wsgen } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    return typeof wsgen?.spec === "string" && wsgen.spec !== "" ? wsgen.spec : undefined;
  } catch {
    return undefined;
  }
}

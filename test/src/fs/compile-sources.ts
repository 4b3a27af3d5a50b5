import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

const source = fileURLToPath(new URL("../../../src/", import.meta.url));

/** The sources of some folders as JavaScript, for a child process that can be killed. */
export function compileSources(folders: readonly string[]): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-compiled-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const name of folders)
    for (const file of readdirSync(join(source, name)).filter((entry) => entry.endsWith(".ts"))) {
      const text = readFileSync(join(source, name, file), "utf8");
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      const target = join(folder, name, file.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, outputText);
    }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Validator } from "../../../runtime/src/validation/index.js";
import type { ValidatorCode } from "../../../src/schema/validate/compile.js";

const runtime = fileURLToPath(new URL("../../../runtime/src/validation/index.ts", import.meta.url));

/** The text of a generated file, as the render stage puts it together. */
export const printFile = ({ imports, text }: ValidatorCode, from = "wsgen-runtime/validation"): string =>
  `import { ${imports.join(", ")} } from ${JSON.stringify(from)};\n\n${text}`;

/** Runs generated code: the exported validators by name. */
export async function loadValidators(code: ValidatorCode): Promise<Record<string, Validator>> {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-validators-"));
  try {
    const file = join(folder, "validators.ts");
    writeFileSync(file, printFile(code, runtime));
    return await import(/* @vite-ignore */ file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

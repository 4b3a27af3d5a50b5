import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

/** What the compiler says of a project, under the project's own options; nothing when all is well. */
export async function compileProject(folder: string): Promise<string> {
  const done = await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--noEmit"], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error);
  return done.stdout;
}

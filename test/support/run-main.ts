import { main } from "../../src/cli.js";

/** Runs a command line in this process, on a project, and gives what it printed. */
export async function runMain(
  cwd: string,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const code = await main(["--cwd", cwd, ...args], {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
  });
  return { code, ...printed };
}

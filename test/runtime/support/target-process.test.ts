import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TargetProcess } from "./target-process.js";

test("a process that ends at its start rejects with what it wrote", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-target-"));
  try {
    const file = join(folder, "child.js");
    await writeFile(file, 'throw new Error("No such port.");');
    await expect(TargetProcess.start(file)).rejects.toThrow(
      /ended at its start with 1:[\s\S]*No such port\./,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

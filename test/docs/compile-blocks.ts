import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Block } from "./read-blocks.js";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** As strict as a generated project is. */
const compilerOptions = {
  ...{ target: "ES2023", module: "NodeNext", strict: true, exactOptionalPropertyTypes: true },
  ...{ noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, skipLibCheck: false, types: ["node"] },
  ...{ lib: ["ES2023", "ESNext.Disposable", "DOM"], rootDir: ".", outDir: "out" },
};

/** The code of documents in a folder of its own, where the packages of this repository are installed. */
export class CompiledBlocks implements AsyncDisposable {
  readonly #folder: string;
  /** What the compiler says; empty when it is content. */
  readonly complaints: string;

  private constructor(folder: string, complaints: string) {
    this.#folder = folder;
    this.complaints = complaints;
  }

  static async of(blocks: readonly Pick<Block, "file" | "text">[]): Promise<CompiledBlocks> {
    const folder = await mkdtemp(join(tmpdir(), "snippets-"));
    await symlink(modules, join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*/*.ts"] }));
    for (const { file, text } of blocks) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      // A block without imports is a module all the same: its names are its own.
      await writeFile(join(folder, file), `${text}\nexport {};\n`, { flag: "wx" });
    }
    const compiler = join(modules, "typescript", "bin", "tsc");
    const run = promisify(execFile)(process.execPath, [compiler, "-p", folder], { cwd: folder });
    const complaints = await run.then(
      () => "",
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    return new CompiledBlocks(folder, complaints);
  }

  /** Starts the program of a block, a server; it is ready when it logs that it listens. */
  async start(block: Pick<Block, "file">, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const child = spawn(process.execPath, [this.program(block)], {
      ...{ stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } },
    });
    for await (const line of createInterface(child.stdout)) {
      if (JSON.parse(line).msg !== "listening") continue;
      child.stdout.resume();
      return child;
    }
    throw new Error(`${block.file} ended before it listened.`);
  }

  /** The program that became of a block. */
  program({ file }: Pick<Block, "file">): string {
    return join(this.#folder, "out", file.replace(/\.ts$/, ".js"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

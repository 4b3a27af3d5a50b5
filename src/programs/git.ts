import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { isErrorWithCode } from "../fs/file-system.js";
import { readSpecAnywhere } from "../fs/read-spec-file.js";
import { collectFiles, type ReferencedFile, reportTooManyBytes } from "../spec-file/collect-files.js";
import { maxSpecBytes } from "../spec-file/parse-yaml.js";
import type { SpecSource } from "../spec-file/read-spec.js";

/**
 * Reads an old version of a project's spec: the file with that name, relative to the project's root, if it exists, or
 * the spec of a git revision. Codes: `spec-not-found`, `spec-unreadable`.
 */
export async function readOldSpec(root: string, file: string, old: string): Promise<Outcome<SpecSource>> {
  if (await isFile(root, old)) return readSpecAnywhere(root, old);
  const path = relative(root, resolve(root, file)).replaceAll(sep, "/");
  return readSpecAtRevision(root, path, old);
}

async function isFile(root: string, name: string): Promise<boolean> {
  // No file can have such a name, and looking for it would throw another error.
  if (name.includes("\0")) return false;
  try {
    return (await stat(resolve(root, name))).isFile();
  } catch (error) {
    if (isErrorWithCode(error)) return false;
    throw error;
  }
}

/**
 * Reads the spec of a project at a git revision, with a name like `HEAD~1:wsgen.yaml`, and the files that it refers to. `file` is relative to the
 * project's root, anywhere in the repository. Codes: `spec-not-found`, `spec-unreadable`.
 */
async function readSpecAtRevision(
  root: string,
  file: string,
  revision: string,
): Promise<Outcome<SpecSource>> {
  // Git would read it as an option. No revision begins with a dash or contains a NUL.
  if (revision === "" || revision.startsWith("-") || revision.includes("\0"))
    return reportNoRevision(revision, file);
  try {
    await git(root, ["rev-parse", "--git-dir"]);
  } catch (error) {
    return refuse(
      `'${revision}' is not a file, and git cannot read it as a revision: ${describeFailure(error)}.`,
      "Pass the file of the old spec, or run the command in a git repository.",
    );
  }
  const commit = await git(root, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]).catch(
    expectFailure,
  );
  if (commit === undefined) return reportNoRevision(revision, file);
  const name = commit.toString("latin1").trim();
  try {
    // `./` makes the path relative to the project, not to the repository. The bytes are those of the commit.
    const bytes = await git(root, ["show", `${name}:./${file}`, "--"]);
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const read = (path: string, maxBytes: number) =>
      readReferenced(root, { object: `${name}:./${folder}${path}`, path, maxBytes });
    return { value: await collectFiles({ file: `${revision}:${file}`, bytes }, read), diagnostics: [] };
  } catch (error) {
    if (isErrorWithCode(error, "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")) {
      const message = `${file} at '${revision}' has more than ${maxSpecBytes / 1_048_576} MiB, which is the limit.`;
      return refuse(message, "Pass a revision with a smaller spec.", "spec-unreadable");
    }
    expectFailure(error);
    return refuse(
      `Spec ${file} was not found at the revision '${revision}'.`,
      "Pass its path with `--spec`, or pass a revision that has it.",
    );
  }
}

/** Reads a file of the same commit to which the spec refers. A link in a repository is a file with the path as its text. */
async function readReferenced(
  root: string,
  { object, path, maxBytes }: { readonly object: string; readonly path: string; readonly maxBytes: number },
): Promise<ReferencedFile> {
  try {
    const bytes = await git(root, ["show", object, "--"]);
    return bytes.byteLength > maxBytes ? reportTooManyBytes(path) : bytes;
  } catch (error) {
    if (isErrorWithCode(error, "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")) return reportTooManyBytes(path);
    expectFailure(error);
    const message = `${path} was not found at this revision, in the folder of the spec.`;
    return {
      code: "unknown-reference",
      message,
      fix: "Pass a revision that has it, or the file of an old spec.",
    };
  }
}

const execute = promisify(execFile);

/** Runs a git command without a shell and returns its output. @throws when git fails or is not installed. */
async function git(cwd: string, args: readonly string[]): Promise<Buffer> {
  const { stdout } = await execute("git", [...args], {
    cwd,
    encoding: "buffer",
    maxBuffer: maxSpecBytes,
    // wsgen parses the messages of git, and cannot answer its prompts.
    env: { ...process.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
  });
  return stdout;
}

/** Accepts a failure of git itself, which has a number as its code. @throws any other error. */
function expectFailure(error: unknown): undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "number") return undefined;
  throw error;
}

function describeFailure(error: unknown): string {
  if (isErrorWithCode(error, "ENOENT")) return "git is not installed";
  expectFailure(error);
  const output = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  return /not a git repository/.test(output)
    ? "the project is not in a git repository"
    : (output.split("\n")[0]?.replace(/^fatal: |\.$/g, "") ?? "");
}

const reportNoRevision = (revision: string, file: string): Outcome<never> =>
  refuse(
    `'${revision}' is neither a file nor a git revision.`,
    `Pass an old spec, or a revision that has ${file}: a commit, a branch or a tag.`,
  );

const refuse = (message: string, fix: string, code: Diagnostic["code"] = "spec-not-found"): Outcome<never> =>
  failed([problem(code, { message, fix })]);

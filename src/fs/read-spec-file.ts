import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { collectFiles, type ReferencedFile, reportTooManyBytes } from "../spec-file/collect-files.js";
import { maxSpecBytes } from "../spec-file/parse-yaml.js";
import type { SpecSource } from "../spec-file/read-spec.js";
import { isErrorWithCode } from "./file-system.js";

/**
 * Reads the spec of a project, with the files that it refers to. `file` is relative to the project's root, and may be outside it, because several projects of one
 * repository can share a spec. Codes: `spec-not-found`, `spec-unreadable`.
 */
export const readSpecFile = (root: string, file: string): Promise<Outcome<SpecSource>> =>
  readSpecAnywhere(root, relative(root, resolve(root, file)).replaceAll(sep, "/"));

/** Whether a path relative to the project's root, as `readSpecFile` returns it, leaves the project. */
export const isOutside = (file: string): boolean =>
  file === ".." || file.startsWith("../") || isAbsolute(file);

/**
 * Reads the spec for a new project, which may be anywhere, with the files that it refers to. Codes: `spec-not-found`,
 * `spec-unreadable`.
 */
export async function readSpecAnywhere(folder: string, file: string): Promise<Outcome<SpecSource>> {
  const spec = await readSpecAlone(folder, file);
  const home = dirname(resolve(folder, file));
  const read = (path: string, maxBytes: number) => readReferenced(home, path, maxBytes);
  return spec.value === undefined ? spec : { ...spec, value: await collectFiles(spec.value, read) };
}

/** Reads a file to which a spec in the folder `home` refers. It is a regular file in this folder, whatever the links say. */
async function readReferenced(home: string, path: string, maxBytes: number): Promise<ReferencedFile> {
  const refuse = (message: string, fix: string, code: Diagnostic["code"] = "unknown-reference") => ({
    code,
    message,
    fix,
  });
  try {
    const real = await realpath(join(home, path));
    if (isOutside(relative(await realpath(home), real).replaceAll(sep, "/"))) {
      const message = `${path} is a link that leaves the folder of the spec.`;
      return refuse(message, "Replace the link with the file.", "outside-project");
    }
    const found = await stat(real);
    if (!found.isFile())
      return refuse(`${path} is not a regular file.`, "Write the path of a YAML or JSON file.");
    return found.size > maxBytes ? reportTooManyBytes(path) : await readFile(real);
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT", "ENOTDIR", "ENAMETOOLONG")) {
      const message = `${path} was not found in the folder of the spec.`;
      return refuse(
        message,
        "Create the file, or correct the path, which begins at the file with the reference.",
      );
    }
    if (isErrorWithCode(error))
      return refuse(
        `${path} cannot be read: ${error.message}.`,
        "Fix the cause, then run the command again.",
        "spec-unreadable",
      );
    throw error;
  }
}

async function readSpecAlone(folder: string, file: string): Promise<Outcome<SpecSource>> {
  const path = resolve(folder, file);
  try {
    const found = await stat(path);
    // Reading a pipe would wait, and reading a device might never end.
    if (!found.isFile())
      return refuse(
        "spec-unreadable",
        `${file} is not a regular file.`,
        "Pass the path of a YAML or JSON file with `--spec`.",
      );
    const { size } = found;
    if (size > maxSpecBytes)
      return refuse(
        "spec-unreadable",
        `${file} has ${size} bytes, expected at most ${maxSpecBytes} (${maxSpecBytes / 1_048_576} MiB).`,
        "Split the server into several projects, or pass another file with `--spec`.",
      );
    return { value: { file, bytes: await readFile(path) }, diagnostics: [] };
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT", "ENOTDIR")) {
      return refuse(
        "spec-not-found",
        `Spec ${file} was not found in ${folder}.`,
        "Pass its path with `--spec`, or the project's with `--cwd`, or create a project with `wsgen new project <dir>`.",
      );
    }
    if (isErrorWithCode(error))
      return refuse(
        "spec-unreadable",
        `${file} cannot be read: ${error.message}.`,
        "Fix the cause, then run the command again.",
      );
    throw error;
  }
}

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Whether the path itself is a link, also a broken one. */
export const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );

/** Lists the names in a folder; empty if the folder does not exist. Undefined if the path or one of its parents is a file. */
export async function listNames(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT")) return [];
    if (isErrorWithCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

const refuse = (code: Diagnostic["code"], message: string, fix: string): Outcome<never> =>
  failed([problem(code, { message, fix })]);

/**
 * Reads the path of the spec from `"wsgen": { "spec": … }` in package.json, relative to the project's root. Undefined without
 * that key, or without a readable package.json. Code: `wrong-type`.
 */
export async function readOwnSpec(root: string): Promise<Outcome<string>> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "");
  const wsgen = parse(text)?.wsgen;
  const isObject = typeof wsgen === "object" && wsgen !== null;
  const spec = isObject && "spec" in wsgen ? wsgen.spec : undefined;
  if (wsgen === undefined || (isObject && spec === undefined)) return { value: undefined, diagnostics: [] };
  if (typeof spec === "string" && spec !== "") return { value: spec, diagnostics: [] };
  const source = new SourceText("package.json", text);
  const key = text.indexOf('"wsgen"');
  const start = isObject ? Math.max(key, text.indexOf('"spec"', key)) : key;
  const where = isObject ? '"wsgen": { "spec": … }' : '"wsgen"';
  const found = JSON.stringify(isObject ? spec : wsgen).slice(0, 80);
  return failed([
    problem("wrong-type", {
      message: `Invalid ${where} in package.json: found ${found}, expected the path of a file.`,
      fix: 'Write `"wsgen": { "spec": "wsgen.yaml" }`, with the path of your spec, or remove the key.',
      ...source.mark({ start, end: start + (isObject ? '"spec"' : '"wsgen"').length }),
    }),
  ]);
}

function parse(text: string): { readonly wsgen?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

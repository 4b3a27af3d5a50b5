import { relative, resolve, sep } from "node:path";
import { type Diagnostic, failed, fileStart, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { readTemplates } from "../fs/own-files.js";
import { listNames, readSpecAnywhere } from "../fs/read-spec-file.js";
import { layout } from "../model/module-files.js";
import { findWorkspaceManager, packOwnPackages, runNpm } from "../programs/npm.js";
import type { Tree } from "../project-files/tree.js";
import { readModel } from "../read-model.js";
import { starterFiles } from "../render/project-views.js";
import type { PackageSpecs } from "../render/render.js";
import type { GlobalOptions } from "../run/global-options.js";
import type { Progress } from "../run/progress.js";
import type { ProjectState } from "../run/project-command.js";
import { type CommandResult, refuse } from "../run/result.js";
import { runProjectCommand } from "../run/run-project-command.js";
import type { SpecSource } from "../spec-file/read-spec.js";
import { detectNewline } from "../spec-file/yaml-text.js";

export interface NewProjectArguments {
  /** The folder as typed, for the final message. */
  readonly typedFolder: string;
  /** The user's current folder, absolute. `--spec` is relative to it, because the project does not exist yet. */
  readonly startedIn: string;
  /** npm specs that replace the tarballs in `vendor/`. */
  readonly runtime: string | undefined;
  readonly generator: string | undefined;
  readonly install: boolean;
  /** False: the project uses the spec at its present place, which its package.json names. */
  readonly copy: boolean;
}

/** `wsgen new project`: creates a project in `options.cwd`, from a spec or the ping example. */
export async function newProjectCommand(
  args: NewProjectArguments,
  options: GlobalOptions,
  progress: Progress,
): Promise<CommandResult> {
  const command = "new project";
  const unusable = await checkTarget(args.typedFolder, options);
  if (unusable !== undefined) return refuse(command, [unusable]);
  const { value: start, diagnostics: unreadable } = await readStart(args, options);
  if (start === undefined) return refuse(command, unreadable);
  // Packing takes seconds, so errors of the spec are reported before it.
  const parsed = readModel(start.spec);
  if (parsed.value === undefined) return refuse(command, parsed.diagnostics);
  const vendor = await progress("pack wsgen and its runtime", () => packVendor(args));
  const manager = await findWorkspaceManager(options.cwd);
  const installs = args.install && manager === undefined;
  const tool = manager ?? "npm";
  const result = await runProjectCommand(
    {
      command,
      spec: start.spec,
      provided: new Map([...start.files, ...vendor.files]),
      scope: { of: "project" },
      ...(args.copy && { review: (found) => reportReplaced(start.spec, found) }),
      packages: { ...vendor.specs, spec: start.outside },
      next: () => [`cd ${args.typedFolder}`, ...(installs ? [] : [`${tool} install`]), `${tool} start`],
    },
    options,
  );
  const kept = reportKeptFiles(result);
  if (!result.written || !installs) return { ...result, diagnostics: [...result.diagnostics, ...kept] };
  const install = () => runNpm(["install", "--no-audit", "--no-fund"], options.cwd);
  const failed = await progress("npm install", install).then(() => [], reportNotInstalled);
  return { ...result, diagnostics: [...result.diagnostics, ...kept, ...failed] };
}

/** True for names in the folder of a new repository, made by `git init` or a hosting site. Such files are never replaced. */
const isOfRepository = (name: string): boolean =>
  /^(\.git.*|\.hg.*|\.editorconfig|\.idea|\.vscode|\.DS_Store|Thumbs\.db|(README|LICENSE|LICENCE)(\..*)?)$/i.test(
    name,
  );

/** Reports project files that already existed, and lines that the user's `.gitignore` lacks. */
const reportKeptFiles = ({ changes }: CommandResult): readonly Diagnostic[] =>
  changes
    .filter(
      ({ path, change, before }) => change === "unchanged" && before !== undefined && isOfRepository(path),
    )
    .map(({ path, before }) => {
      const missing =
        path === ".gitignore"
          ? ["node_modules", "dist"].filter((name) => !String(before).includes(name))
          : [];
      return {
        code: "already-exists",
        severity: "note",
        message: `${path} already exists; it was not changed.`,
        ...(missing.length > 0 && {
          fix: `Add to it: ${missing.map((name) => `\`${name}/\``).join(" and ")}.`,
        }),
        at: fileStart(path),
      };
    });

/** A failed installation: the project exists anyway. Reports npm's message and how to try again. */
function reportNotInstalled(error: unknown): readonly Diagnostic[] {
  const output = String(error instanceof Error && "stderr" in error ? error.stderr : error);
  const message = `\`npm install\` failed: ${output.trim().split("\n").at(-1)}`;
  const fix = "Run `npm install` in the project's folder, or create it with `--no-install`.";
  return [problem("npm-failed", { message, fix })];
}

interface Start {
  readonly spec: SpecSource;
  readonly files: Tree;
  /** The spec's path from the project, if the project has no copy of it. */
  readonly outside?: string;
}

/** The given spec, or the example with its spec and its two code files. */
async function readStart(
  { startedIn, copy }: NewProjectArguments,
  { spec, cwd }: GlobalOptions,
): Promise<Outcome<Start>> {
  if (spec === undefined) {
    const files = starterFiles(await readTemplates(), cwd);
    const bytes = new TextEncoder().encode(files.get(layout.spec));
    return { value: { spec: { file: layout.spec, bytes }, files }, diagnostics: [] };
  }
  const read = await readSpecAnywhere(startedIn, spec);
  if (read.value === undefined) return failed(read.diagnostics);
  if (!copy) {
    const outside = relative(cwd, resolve(startedIn, spec)).replaceAll(sep, "/");
    return { value: { spec: read.value, files: new Map(), outside }, diagnostics: [] };
  }
  // Problems are reported with the typed name. The project gets its own copy.
  const files = new Map([...listReferencedFiles(read.value), [layout.spec, addSchemaLine(read.value.bytes)]]);
  const unusable = reportCopy(read.value, spec);
  return unusable === undefined
    ? { value: { spec: read.value, files }, diagnostics: [] }
    : failed([unusable]);
}

/** The copy of a spec, with the line by which editors find its schema. JSON has no comments. */
function addSchemaLine(bytes: Uint8Array): Uint8Array | string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const isJson = /^\ufeff?\s*\{/.test(text);
  if (isJson || /^#\s*yaml-language-server:/m.test(text)) return bytes;
  const line = `# yaml-language-server: $schema=./${layout.specSchema}${detectNewline(text)}`;
  return text.replace(/^\ufeff?/, (mark) => mark + line);
}

/** The files that a spec refers to, and that could be read. */
const listReferencedFiles = ({
  files,
}: SpecSource): readonly (readonly [path: string, bytes: Uint8Array])[] =>
  [...(files ?? [])].flatMap(([path, file]) => (file instanceof Uint8Array ? [[path, file] as const] : []));

/** A spec whose files refer to it by a name that its copy does not have. */
function reportCopy(source: SpecSource, typed: string): Diagnostic | undefined {
  if (source.files === undefined || readModel(source).value === undefined) return undefined;
  const isOverwritten = source.files.has(layout.spec);
  const copy = readModel({ ...source, file: layout.spec });
  if (!isOverwritten && copy.value !== undefined) return undefined;
  const why = isOverwritten ? `it refers to another ${layout.spec}` : "a reference has its old name";
  return problem("name-collision", {
    message: `The copy of ${typed} cannot be named ${layout.spec}: ${why}.`,
    fix: `Rename it to ${layout.spec}, or use it where it is: add \`--no-copy\`.`,
  });
}

/** Files of the spec whose copies would replace files that the project needs. */
const reportReplaced = (spec: SpecSource, { generated }: ProjectState): readonly Diagnostic[] =>
  listReferencedFiles(spec).flatMap(([path]) =>
    generated.tree.has(path)
      ? [
          problem("name-collision", {
            message: `${path}, to which the spec refers, would replace a file of the new project.`,
            fix: "Rename it, or use the spec where it is: add `--no-copy`.",
          }),
        ]
      : [],
  );

interface Vendor {
  readonly files: Tree;
  readonly specs: Pick<PackageSpecs, "runtime" | "generator">;
}

/** Packs tarballs into `vendor/`, so that the project can be moved, committed and built in a container. */
async function packVendor({ runtime, generator }: NewProjectArguments): Promise<Vendor> {
  if (runtime !== undefined && generator !== undefined)
    return { files: new Map(), specs: { runtime, generator } };
  const packed = await packOwnPackages();
  const files = new Map<string, Uint8Array>();
  const vendored = ({ fileName, content }: (typeof packed)["runtime"]): string => {
    files.set(`vendor/${fileName}`, content);
    return `file:vendor/${fileName}`;
  };
  return {
    specs: {
      runtime: runtime ?? vendored(packed.runtime),
      generator: generator ?? vendored(packed.generator),
    },
    files,
  };
}

/** The error if `options.cwd` cannot become a project. @param typed the folder as typed */
export const checkTarget = async (
  typed: string,
  options: Pick<GlobalOptions, "cwd" | "force">,
): Promise<Diagnostic | undefined> => reportTarget(typed, await listNames(options.cwd), options);

/** The error for a folder that cannot become a project. `names` lists its content; undefined for a file. */
function reportTarget(
  folder: string,
  names: readonly string[] | undefined,
  { force }: Pick<GlobalOptions, "force">,
): Diagnostic | undefined {
  if (folder.trim() === "") {
    const fix = "Pass a folder, or `.` for the current one.";
    return problem("invalid-value", { message: "The name of the new folder is empty.", fix });
  }
  if (names === undefined) {
    const message = `'${folder}' cannot be a folder: it, or a part of the path, is a file.`;
    return problem("already-exists", { message, fix: "Choose another name, or move the file away." });
  }
  const others = names.filter((name) => !isOfRepository(name)).map((name) => `'${name}'`);
  if (force || others.length === 0) return undefined;
  const shown = others.length > 3 ? [...others.slice(0, 3), `${others.length - 3} more`] : others;
  return problem("target-not-empty", {
    message: `The folder '${folder}' is not empty: ${shown.join(", ")}.`,
    fix: "Choose another folder, or add `--force` to write into this one.",
  });
}

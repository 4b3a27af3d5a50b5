import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import type { Generated } from "../generate.js";
import type { Model, Scope } from "../model/model.js";
import type { FileChange, Tree, TreePath } from "../project-files/tree.js";
import type { PackageSpecs } from "../render/render.js";
import type { Orphan } from "../scan/find-orphans.js";
import type { ProjectScan } from "../scan/scan-project.js";
import type { SpecEntry } from "../spec-file/find-names.js";
import type { SpecSource } from "../spec-file/read-spec.js";

/** The text files of a project, by path. */
export type Files = ReadonlyMap<TreePath, string>;

/** The work of a command on a project: the new spec, and the part of the code to update. */
export interface ProjectCommand {
  /** The words of the command, for the report. */
  readonly command: string;
  readonly spec: SpecSource;
  /** The project before the edit of its spec, if the command needs it. */
  readonly before?: Model | undefined;
  /** Files that are put in place first: the edited spec, and the first files of a new project. */
  readonly provided: Tree;
  readonly scope: Scope;
  /** Changes the user's files before they are updated to the spec. */
  readonly refactor?: (project: Project) => Outcome<Refactored>;
  /** Selects the files to delete among those that no longer belong to the spec. Default: none; they are reported. */
  readonly prune?: (orphan: Orphan) => boolean;
  /** Only for a new project. */
  readonly packages?: PackageSpecs;
  /** Never writes, regardless of the options: for `check`. */
  readonly readOnly?: boolean;
  /** Reports errors in the found changes, and other facts about them. */
  readonly review?: (found: ProjectState) => readonly Diagnostic[];
  readonly next?: (model: Model) => readonly string[];
}

/** The input of a refactoring. */
export interface Project {
  readonly files: Files;
  /** The names and places by the old spec. */
  readonly before: Model | undefined;
  readonly model: Model;
}

/** The result of a refactoring. */
export interface Refactored {
  readonly files: Files;
  /** The model, with the new places of the code. */
  readonly model: Model;
  /** Moved files: old path → new path. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
}

/** The state that a review receives: the scan of the project, with the orphans that stay, and what the run changes. */
export interface ProjectState extends ProjectScan {
  readonly changes: readonly FileChange[];
  readonly generated: Generated;
}

/** The texts of a project after the run. */
export const getTextsAfter = ({ summaries, generated }: ProjectState): Files =>
  selectTexts([...summaries.files, ...generated.tree]);

/** The files that are text. */
export const selectTexts = (
  files: Iterable<readonly [TreePath, string | Uint8Array]>,
): Map<TreePath, string> =>
  new Map([...files].flatMap(([path, content]) => (typeof content === "string" ? [[path, content]] : [])));

/** A module, an entry of a module, a shared schema or a field, as named on the command line. */
export interface NamedEntry<Kind = SpecEntry["kind"] | "field"> {
  readonly kind: Kind;
  /** Empty for a schema and a field. */
  readonly module: string;
  /** The name of the entry, or the place of a field; undefined for a module. */
  readonly name: string | undefined;
}

/** The place of an entry in the spec. */
export const createSpecEntry = (
  { kind, module, name }: NamedEntry<SpecEntry["kind"]>,
  file: string,
): SpecEntry =>
  name === undefined
    ? { file, kind, name: module }
    : { file, kind, name, ...(kind !== "schema" && { module }) };

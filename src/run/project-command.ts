import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import type { Generated } from "../generate.js";
import type { Model, Scope } from "../model/model.js";
import type { PackageSpecs } from "../render/render.js";
import type { Listings } from "../scan/find-listings.js";
import type { Orphan } from "../scan/find-orphans.js";
import type { Summaries } from "../scan/summaries.js";
import type { SpecEntry } from "../spec-file/edit-spec.js";
import type { SpecSource } from "../spec-file/read-spec.js";
import type { FileChange, Tree, TreePath } from "../tree/tree.js";

/** The text files of a project, by path. */
export type Files = ReadonlyMap<TreePath, string>;

/** One piece of work on a project: the spec as it is to be, and how much of the code shall follow it. */
export interface ProjectCommand {
  /** The words of the command, for the report. */
  readonly command: string;
  readonly spec: SpecSource;
  /** The project before its spec was edited, where that matters. */
  readonly before?: Model | undefined;
  /** Files that are to be in place first: the edited spec itself, and what a new project starts with. */
  readonly provided: Tree;
  readonly scope: Scope;
  /** Changes the user's files before they are brought up to the spec. */
  readonly refactor?: (project: Project) => Promise<Outcome<Refactored>>;
  /** Which of the files that the spec no longer accounts for are deleted. Default: none; they are reported. */
  readonly prune?: (orphan: Orphan) => boolean;
  /** Given for a new project alone. */
  readonly packages?: PackageSpecs;
  /** Never writes, whatever the options say: for `check`. */
  readonly readOnly?: boolean;
  /** Says what is wrong or worth knowing about the changes that were found. */
  readonly review?: (found: ProjectState) => Promise<readonly Diagnostic[]>;
  readonly next?: (model: Model) => readonly string[];
}

/** What a refactoring starts from. */
export interface Project {
  readonly files: Files;
  /** The names and places that the old spec gave. */
  readonly before: Model | undefined;
  readonly model: Model;
}

/** What a refactoring leaves. */
export interface Refactored {
  readonly files: Files;
  /** The model, with the places that the code has now. */
  readonly model: Model;
  /** Files that got another path: old path → new path. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
}

/** What a review may look at. */
export interface ProjectState {
  readonly changes: readonly FileChange[];
  readonly generated: Generated;
  /** The project's files as they are, or as a refactoring left them. */
  readonly files: Files;
  readonly model: Model;
  readonly listings: Listings;
  /** Orphans that stay. */
  readonly orphans: readonly Orphan[];
  readonly summaries: Summaries;
}

/** The texts of a project as they are to be. */
export const textsAfter = ({ files, generated }: Pick<ProjectState, "files" | "generated">): Files =>
  new Map(
    [...files, ...generated.tree].filter(
      (entry): entry is [TreePath, string] => typeof entry[1] === "string",
    ),
  );

/** A module, or a command or an event of one, as the command line names it. */
export interface NamedEntry {
  readonly kind: "module" | "command" | "event";
  readonly module: string;
  /** The name of the command or event; undefined for a module. */
  readonly name: string | undefined;
}

/** Where an entry stands in the spec. */
export const specEntry = ({ kind, module, name }: NamedEntry, file: string): SpecEntry =>
  name === undefined ? { file, kind, name: module } : { file, kind, module, name };

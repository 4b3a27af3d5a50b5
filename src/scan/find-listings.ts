import type { Location } from "../diagnostics/diagnostic.js";
import { commandsInScope, type Model, modulesInScope, type Scope } from "../model/model.js";
import type { TreePath } from "../project-files/tree.js";
import type { ListSummary, NameReference } from "../syntax/summarize-file.js";
import { declaresClass, isNamed, type Summaries } from "./summaries.js";

/** The parts of a class's registration that a list and its file already have. */
export interface Listing {
  readonly isListed: boolean;
  /** The place where the list instantiates it. */
  readonly at: Location | undefined;
  /** True if its file does not have the class, so that it cannot be imported; it counts as listed. */
  readonly lacksClass: boolean;
  /** The local name of the class, if the file imports it. */
  readonly local: string | undefined;
  /** The specifier of an import with the class's name whose file does not exist. */
  readonly brokenImport: string | undefined;
}

export interface Listings {
  of(listFile: TreePath, one: Listed): Listing | undefined;
}

interface Listed {
  readonly file: TreePath;
  readonly className: string;
}

const createKey = (listFile: TreePath, { file, className }: Listed): string =>
  [listFile, file, className].join(" ");

/**
 * Finds the classes that are in their lists in any way: under other names, as a default, through other files, or as an
 * instance. If a list cannot be read, a class that is used anywhere in the source counts as listed.
 */
export function findListings(model: Model, summaries: Summaries, scope: Scope): Listings {
  const found = new Map<string, Listing>();
  const add = (listFile: TreePath, list: ListSummary | undefined, classes: readonly Listed[]): void => {
    const reader = new ListReader(summaries, listFile, list);
    for (const one of classes) found.set(createKey(listFile, one), reader.read(one));
  };
  const modules = modulesInScope(model, scope);
  add(
    model.mainFile,
    summaries.get(model.mainFile)?.served,
    modules.map(({ files, className }) => ({ file: files.module, className })),
  );
  for (const module of modules) {
    const { files, className } = module;
    const summary = summaries.get(files.module);
    // If the class has a form that is not read, any part of the file may be its list.
    const anything = summary && { instances: [], names: summary.uses, isRead: false };
    const own = summaries.getModule(files.module, className)?.commands;
    add(files.module, own ?? anything, commandsInScope(module, scope));
  }
  return { of: (listFile, one) => found.get(createKey(listFile, one)) };
}

/** Looks for classes in one list. */
class ListReader {
  readonly #summaries: Summaries;
  readonly #file: TreePath;
  readonly #list: ListSummary | undefined;

  constructor(summaries: Summaries, file: TreePath, list: ListSummary | undefined) {
    this.#summaries = summaries;
    this.#file = file;
    this.#list = list;
  }

  read(one: Listed): Listing {
    const lacksClass = this.#lacksClass(one) && !this.#hasAnotherExport(one);
    const isListed = lacksClass || this.#has(one);
    const imports = this.#summaries.get(this.#file)?.imports ?? [];
    return {
      isListed,
      lacksClass,
      at: isListed ? this.#list?.instances.find((instance) => this.#means(instance, one))?.at : undefined,
      local: imports.find((name) => {
        const declared = this.#summaries.findDeclaration(this.#file, name);
        return declared?.path === one.file && isNamed(declared, one.className);
      })?.expression,
      brokenImport: isListed ? undefined : this.#findBrokenImport(one, imports),
    };
  }

  #has(one: Listed): boolean {
    if (this.#list === undefined) return false;
    return this.#list.names.some((name) => this.#means(name, one)) || this.#mayUse(one);
  }

  /** Whether a list that cannot be read may have a class, because the source uses it somewhere. */
  #mayUse({ file, className }: Listed): boolean {
    if (this.#list?.isRead !== false) return false;
    const { files } = this.#summaries;
    const exported = [...(this.#summaries.get(file)?.exports.values() ?? [])];
    const isExported = exported.some((name) => isNamed({ className: name }, className));
    return [...files.keys()].some(
      (path) =>
        /^src\/.*\.[cm]?tsx?$/.test(path) &&
        path !== file &&
        this.#summaries.get(path)?.uses.some((name) => {
          const declared = this.#summaries.findDeclaration(path, name);
          return declared?.path === file && (!isExported || isNamed(declared, className));
        }),
    );
  }

  /** Whether a name of the list refers to a class, or to a value that its file makes from the class. */
  #means(name: NameReference, { file, className }: Listed): boolean {
    const declared = this.#summaries.findDeclaration(this.#file, name);
    if (declared?.path !== file) return false;
    if (isNamed(declared, className)) return true;
    const summary = name.from === undefined ? undefined : this.#summaries.get(file);
    const others = [...(summary?.modules ?? []), ...(summary?.commands ?? [])];
    return summary !== undefined && !others.some((other) => other.className === declared.className);
  }

  /** True for a file without any class of that kind: nothing can be imported from it. */
  #lacksClass({ file, className }: Listed): boolean {
    const text = this.#summaries.files.get(file) ?? "";
    if (text.trim() === "" || declaresClass(text, className)) return false;
    const summary = this.#summaries.get(file);
    const classes = [...(summary?.modules ?? []), ...(summary?.commands ?? [])];
    return summary !== undefined && classes.length === 0 && !summary.exports.has(className);
  }

  /** Whether the list has another export of the class's file: an instance, or a function that creates one. */
  #hasAnotherExport(one: Listed): boolean {
    const exported = [...(this.#summaries.get(one.file)?.exports.values() ?? [])];
    if (this.#list === undefined || exported.length === 0) return false;
    const isExport = (name: NameReference): boolean => {
      const declared = this.#summaries.findDeclaration(this.#file, name);
      return declared?.path === one.file && ["*", ...exported].includes(declared.className);
    };
    return this.#list.names.some(isExport) || this.#mayUse(one);
  }

  #findBrokenImport({ file, className }: Listed, imports: readonly NameReference[]): string | undefined {
    const { files } = this.#summaries;
    if (!files.has(file)) return undefined;
    return imports.find((name) => {
      const declared =
        name.className === className ? this.#summaries.findDeclaration(this.#file, name) : undefined;
      return declared !== undefined && !files.has(declared.path);
    })?.from;
  }
}

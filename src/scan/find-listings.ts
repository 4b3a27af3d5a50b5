import type { Location } from "../diagnostics/diagnostic.js";
import { commandsInScope, type Model, modulesInScope, type Scope } from "../model/model.js";
import type { ListSummary, NameReference } from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";
import { declaresClass, isNamed, type Summaries } from "./summaries.js";

/** The parts of a class's registration that a list and its file already have. */
export interface Listing {
  readonly isListed: boolean;
  /** The place where the list instantiates it. */
  readonly at: Location | undefined;
  /** True if its file does not have the class, so that it cannot be imported; it counts as listed. */
  readonly isHollow: boolean;
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
  readonly exportedAs?: string | undefined;
}

const keyOf = (listFile: TreePath, { file, className }: Listed): string =>
  [listFile, file, className].join(" ");

/**
 * Finds the classes that are in their lists in any way: under other names, as a default, through other files, or as an
 * instance. If a list cannot be read, a class that is used anywhere in the source counts as listed.
 */
export async function findListings(
  model: Model,
  {
    files,
    summaries,
    scope,
  }: { readonly files: ReadonlyMap<TreePath, string>; readonly summaries: Summaries; readonly scope: Scope },
): Promise<Listings> {
  const found = new Map<string, Listing>();
  const look = async (listFile: TreePath, list: ListSummary | undefined, classes: readonly Listed[]) => {
    for (const one of classes) {
      const isInList = list !== undefined && (await isIn(list, listFile, one));
      const hollow =
        (await isHollow(one)) && !(list !== undefined && (await givesElement(list, listFile, one)));
      const isListed = isInList || hollow;
      found.set(keyOf(listFile, one), {
        isListed,
        isHollow: hollow,
        at: isListed ? await placeIn(list, listFile, one) : undefined,
        local: await localName(listFile, one),
        brokenImport: isListed ? undefined : await importOfNothing(listFile, one),
      });
    }
  };
  const isIn = async (list: ListSummary, listFile: TreePath, one: Listed): Promise<boolean> => {
    for (const name of list.names) if (await isOf(listFile, name, one)) return true;
    return !list.isRead && (await isUsed(one));
  };
  const placeIn = async (list: ListSummary | undefined, listFile: TreePath, one: Listed) => {
    for (const instance of list?.instances ?? []) if (await isOf(listFile, instance, one)) return instance.at;
    return undefined;
  };
  /** Whether a list has another export of the class's file: an instance, or a function that creates one. */
  const givesElement = async (
    list: ListSummary,
    listFile: TreePath,
    { file, className }: Listed,
  ): Promise<boolean> => {
    const exported = [...((await summaries.of(file))?.exports.values() ?? [])];
    if (exported.length === 0) return false;
    for (const name of list.names) {
      const declared = await summaries.declarationOf(listFile, name);
      if (declared?.path === file && (declared.className === "*" || exported.includes(declared.className)))
        return true;
    }
    return !list.isRead && (await isUsed({ file, className }));
  };
  /** True for a file without any class of that kind: nothing can be imported from it. */
  const isHollow = async ({ file, className }: Listed): Promise<boolean> => {
    const text = files.get(file) ?? "";
    if (text.trim() === "" || declaresClass(text, className)) return false;
    const summary = await summaries.of(file);
    const classes = [...(summary?.modules ?? []), ...(summary?.commands ?? [])];
    return summary !== undefined && classes.length === 0 && !summary.exports.has(className);
  };
  const importOfNothing = async (listFile: TreePath, one: Listed): Promise<string | undefined> => {
    if (!files.has(one.file)) return undefined;
    for (const name of (await summaries.of(listFile))?.imports ?? []) {
      if (name.className !== one.className) continue;
      const declared = await summaries.declarationOf(listFile, name);
      if (declared !== undefined && !files.has(declared.path)) return name.from;
    }
    return undefined;
  };
  /** Whether a name of a list refers to a class, or to a value that its file makes from the class. */
  const isOf = async (from: TreePath, name: NameReference, { file, className }: Listed): Promise<boolean> => {
    const declared = await summaries.declarationOf(from, name);
    if (declared?.path !== file) return false;
    if (isNamed(declared, className)) return true;
    const summary = name.from === undefined ? undefined : await summaries.of(file);
    const others = [...(summary?.modules ?? []), ...(summary?.commands ?? [])];
    return summary !== undefined && !others.some((other) => other.className === declared.className);
  };
  const isUsed = async (one: Listed): Promise<boolean> => {
    const isExported = [...((await summaries.of(one.file))?.exports.values() ?? [])].some((className) =>
      isNamed({ className }, one.className),
    );
    for (const path of files.keys()) {
      if (!/^src\/.*\.[cm]?tsx?$/.test(path) || path === one.file) continue;
      for (const name of (await summaries.of(path))?.uses ?? []) {
        const declared = await summaries.declarationOf(path, name);
        if (declared?.path === one.file && (!isExported || isNamed(declared, one.className))) return true;
      }
    }
    return false;
  };
  const localName = async (listFile: TreePath, one: Listed): Promise<string | undefined> => {
    for (const name of (await summaries.of(listFile))?.imports ?? []) {
      const declared = await summaries.declarationOf(listFile, name);
      if (declared?.path === one.file && isNamed(declared, one.className)) return name.expression;
    }
    return undefined;
  };
  const modules = modulesInScope(model, scope);
  const main = await summaries.of(model.mainFile);
  await look(
    model.mainFile,
    main?.served,
    modules.map(({ files, ...module }) => ({ ...module, file: files.module })),
  );
  for (const module of modules) {
    const summary = await summaries.of(module.files.module);
    const own = summary?.modules.find((each) => isNamed(each, module.className));
    // If the class has a form that is not read, any part of the file may be its list.
    const anything = summary && { instances: [], names: summary.uses, isRead: false };
    await look(module.files.module, own?.commands ?? anything, commandsInScope(module, scope));
  }
  return { of: (listFile, one) => found.get(keyOf(listFile, one)) };
}

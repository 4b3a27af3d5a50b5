import type { Location, Outcome } from "../diagnostics/diagnostic.js";
import { compiler, type ts } from "./compiler.js";
import { type ClassFound, findCalls, findLiteralResult, listImplementations } from "./find-class.js";
import { findInstances, followElements, hasUnreadable, isMutated } from "./list-elements.js";
import { getSyntaxErrors, locate, parseSource, type Source } from "./parse-source.js";
import { type ReExport, readExports, readReExports } from "./read-exports.js";
import { type ImportedValue, readImportedValues } from "./read-imports.js";
import { findResult, resolveArray } from "./resolve-value.js";

/** A name of another file, or of this one. */
export interface NameReference {
  /** Its name in the file that declares it: `default` for a default import, the local name if it is not imported. */
  readonly className: string;
  /** The specifier of its import as written; undefined when it is declared in the file itself. */
  readonly from: string | undefined;
  /** The object that it is a member of, by its name in the other file: the `commands` of `commands.Say`. */
  readonly owner?: string;
  /** The expression as written here: `S`, `commands.Say`. */
  readonly expression: string;
}

/** A class that a list instantiates. */
export interface ClassReference extends NameReference {
  /** False for an argument of an element. */
  readonly isElement: boolean;
  readonly at: Location;
}

/** A list of the user: the result of `getCommandList()`, or the arguments of `newWebsocketServe(…)`. */
export interface ListSummary {
  /** The classes that it instantiates. */
  readonly instances: readonly ClassReference[];
  /** Every name that it uses in any way. */
  readonly names: readonly NameReference[];
  /** False if it may have classes that are not among `instances`. */
  readonly isRead: boolean;
}

/** A class that implements `IWebsocket`. */
export interface ModuleSummary {
  /** `default` for a class without a name. */
  readonly className: string;
  /** The result of `getModuleFlag()`; undefined if it is not a literal. */
  readonly flag: string | undefined;
  readonly commands: ListSummary;
  readonly at: Location;
}

/** A class that implements `ICommand`. */
interface CommandSummary {
  /** `default` for a class without a name. */
  readonly className: string;
  /** The result of `getCommand()`; undefined if it is not a literal. */
  readonly command: string | undefined;
  readonly at: Location;
}

/** The modules and commands in a file of the user, under any name and in any folder. */
export interface FileSummary {
  readonly modules: readonly ModuleSummary[];
  readonly commands: readonly CommandSummary[];
  /** The arguments of the calls of `newWebsocketServe(…)`; undefined when there is no call. */
  readonly served: ListSummary | undefined;
  /** The names that it imports as values. */
  readonly imports: readonly NameReference[];
  /** The names of other files that it uses as values. */
  readonly uses: readonly NameReference[];
  /** Exported name → name in the file, `default` for a class without a name. */
  readonly exports: ReadonlyMap<string, string>;
  readonly reExports: readonly ReExport[];
}

/** Summarizes a file. Code: `source-syntax` for a broken file. */
export function summarizeFile(path: string, text: string): Outcome<FileSummary> {
  const source = parseSource(path, text);
  const broken = getSyntaxErrors(source);
  if (broken.length > 0) return { value: undefined, diagnostics: broken };
  const imports = new Map(readImportedValues(source).map((imported) => [imported.local, imported]));
  const calls = findCalls(source, "newWebsocketServe");
  const value: FileSummary = {
    modules: listImplementations(source, "IWebsocket").map((found) =>
      summarizeModule(source, found, imports),
    ),
    commands: listImplementations(source, "ICommand").map((found) => ({
      className: found.name || "default",
      command: findLiteralResult(found.node, "getCommand"),
      at: locateClass(source, found),
    })),
    served:
      calls.length === 0
        ? undefined
        : summarizeList(
            source,
            calls.flatMap((call) => [...call.arguments]),
            imports,
          ),
    imports: [...imports.values()]
      .filter(({ exported }) => exported !== "*")
      .map(({ local }) => createReference(local, imports)),
    uses: findNames(source, source.file.statements, imports).filter(({ from }) => from !== undefined),
    exports: readExports(source),
    reExports: readReExports(source),
  };
  return { value, diagnostics: [] };
}

type Imports = ReadonlyMap<string, ImportedValue>;

function summarizeModule(source: Source, found: ClassFound, imports: Imports): ModuleSummary {
  const result = findResult(found.node, "getCommandList");
  const array = result && resolveArray(result);
  const isList = array !== undefined && !isMutated(source, array);
  // If the list cannot be read, any code of the class may build it.
  const list = summarizeList(source, array?.elements ?? [], imports);
  return {
    className: found.name || "default",
    flag: findLiteralResult(found.node, "getModuleFlag"),
    commands: isList
      ? list
      : {
          instances: list.instances,
          names: [...list.names, ...findNames(source, [result ?? found.node], imports)],
          isRead: false,
        },
    at: locateClass(source, found),
  };
}

const summarizeList = (source: Source, elements: readonly ts.Node[], imports: Imports): ListSummary => ({
  instances: findInstances(source, elements).map(({ expression, node, isElement }) => ({
    ...createReference(expression, imports),
    isElement,
    at: locate(source, node.getStart(source.file), node.getText(source.file).length),
  })),
  names: findNames(source, [...followElements(elements)], imports),
  isRead: !hasUnreadable(source, elements),
});

function createReference(expression: string, imports: Imports): NameReference {
  const [first = "", ...rest] = /^[\w$.]+$/.test(expression) ? expression.split(".") : [expression];
  const imported = imports.get(first);
  const className = rest.at(-1) ?? imported?.exported ?? first;
  const hasOwner = rest.length > 0 && imported !== undefined && imported.exported !== "*";
  return { className, from: imported?.from, expression, ...(hasOwner && { owner: imported.exported }) };
}

/** The values that nodes name: `Say`, or `commands.Say` for a member of a namespace. */
function findNames(source: Source, nodes: readonly ts.Node[], imports: Imports): NameReference[] {
  const { file } = source;
  const found = new Map<string, NameReference>();
  const add = (expression: string): void => void found.set(expression, createReference(expression, imports));
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return;
    if (compiler.isTypeNode(node)) return;
    if (compiler.isIdentifier(node)) add(node.text);
    if (compiler.isPropertyAccessExpression(node) && imports.has(findRoot(node)?.text ?? ""))
      add(node.getText(file));
    compiler.forEachChild(node, visit);
  };
  const findRoot = ({ expression }: ts.PropertyAccessExpression): ts.Identifier | undefined =>
    compiler.isIdentifier(expression)
      ? expression
      : compiler.isPropertyAccessExpression(expression)
        ? findRoot(expression)
        : undefined;
  nodes.forEach(visit);
  return [...found.values()];
}

function locateClass(source: Source, { node }: ClassFound): Location {
  const place = node.name ?? node;
  return locate(source, place.getStart(source.file), node.name?.text.length ?? 1);
}

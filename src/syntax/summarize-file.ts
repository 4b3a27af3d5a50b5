import type { ts } from "ts-morph";
import type { Location, Outcome } from "../diagnostics/diagnostic.js";
import { findCalls } from "./find-calls.js";
import { type ClassFound, listImplementations, literalResult } from "./find-class.js";
import { hasUnreadableSpread, instancesIn } from "./list-elements.js";
import { locate, parseSource, type Source, syntaxErrors } from "./parse-source.js";
import { readImports } from "./read-imports.js";
import { type ReExport, readReExports } from "./read-re-exports.js";
import { resolveArray, resultOf } from "./resolve-value.js";

/** A class that a list instantiates. */
export interface ClassReference {
  /** Its name where it is declared; the local one when it is not imported by name. */
  readonly className: string;
  /** The specifier of its import as written; undefined when it is declared in the file itself. */
  readonly from: string | undefined;
  /** False for what an element of the list is made with. */
  readonly isElement: boolean;
  readonly at: Location;
}

/** A class that implements `IWebsocket`. */
export interface ModuleSummary {
  readonly className: string;
  /** What `getModuleFlag()` returns; undefined when that is no literal. */
  readonly flag: string | undefined;
  /** What `getCommandList()` instantiates; undefined when it does not come from an array literal. */
  readonly commands: readonly ClassReference[] | undefined;
  /** False where the list may have classes that are not among `commands`. */
  readonly isListRead: boolean;
  readonly at: Location;
}

/** A class that implements `ICommand`. */
export interface CommandSummary {
  readonly className: string;
  /** What `getCommand()` returns; undefined when that is no literal. */
  readonly command: string | undefined;
  readonly at: Location;
}

/** What a file of the user's says about modules and commands, under whatever names and in whatever folder. */
export interface FileSummary {
  readonly modules: readonly ModuleSummary[];
  readonly commands: readonly CommandSummary[];
  /** What the calls of `newWebsocketServe(…)` are given; undefined when there is no call. */
  readonly served: readonly ClassReference[] | undefined;
  /** False where the calls may be given classes that are not among `served`. */
  readonly isServedRead: boolean;
  readonly reExports: readonly ReExport[];
}

/** Reads a file; `source-syntax` when it is broken. */
export async function summarizeFile(path: string, text: string): Promise<Outcome<FileSummary>> {
  const source = parseSource(path, text);
  const broken = syntaxErrors(source);
  if (broken.length > 0) return { value: undefined, diagnostics: broken };
  const references = referencesOf(source);
  const calls = findCalls(source, "newWebsocketServe");
  const value: FileSummary = {
    modules: listImplementations(source, "IWebsocket").map((found) =>
      summarizeModule(source, found, references),
    ),
    commands: listImplementations(source, "ICommand").map((found) => ({
      className: found.name,
      command: literalResult(source, found.node, "getCommand"),
      at: placeOf(source, found),
    })),
    served: calls.length === 0 ? undefined : calls.flatMap((call) => references(call.arguments)),
    isServedRead: calls.every((call) => !hasUnreadableSpread(source, call.arguments)),
    reExports: readReExports(source),
  };
  return { value, diagnostics: [] };
}

type ReadReferences = (elements: readonly ts.Node[]) => ClassReference[];

function summarizeModule(source: Source, found: ClassFound, references: ReadReferences): ModuleSummary {
  const result = resultOf(source, found.node, "getCommandList");
  const array = result && resolveArray(source, result);
  return {
    className: found.name,
    flag: literalResult(source, found.node, "getModuleFlag"),
    commands: array && references(array.elements),
    isListRead: array !== undefined && !hasUnreadableSpread(source, array.elements),
    at: placeOf(source, found),
  };
}

function referencesOf(source: Source): ReadReferences {
  const imports = new Map(readImports(source).map((binding) => [binding.local, binding]));
  return (elements) =>
    instancesIn(source, elements).map(({ expression, node, isElement }) => {
      const [first = "", ...rest] = expression.split(".");
      const binding = imports.get(first);
      const className = rest.at(-1) ?? (binding?.specifier ? binding.exported : first);
      const at = locate(source, node.getStart(source.file), node.getText(source.file).length);
      return { className, from: binding?.from, isElement, at };
    });
}

function placeOf(source: Source, { node }: ClassFound): Location {
  const place = node.name ?? node;
  return locate(source, place.getStart(source.file), node.name?.text.length ?? 1);
}

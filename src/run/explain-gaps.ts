import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { firstDifference, SourceText } from "../diagnostics/source-text.js";
import { applyEdits } from "../edit/apply-edits.js";
import type { Edit } from "../edit/edit.js";
import { importPath } from "../model/paths.js";
import type { EditFile } from "../plan/plan.js";
import type { Listing } from "../scan/find-listings.js";
import { commentsIn } from "../syntax/find-text.js";
import { lineAt, locate, parseSource, syntaxErrorsIn } from "../syntax/parse-source.js";
import type { FileChange, TreePath } from "../tree/tree.js";
import type { ProjectState } from "./project-command.js";
import { shellWord } from "./undeclared-code.js";

/** A class of the user that the spec requires: its file, and the list that it belongs to. */
interface Wanted {
  readonly file: TreePath;
  readonly className: string;
  readonly list: string;
  readonly listFile: TreePath;
  /** The command that removes it from the spec. */
  readonly removal: string;
  readonly listing: Listing | undefined;
}

function wantedClasses({ model, listings }: ProjectState): readonly Wanted[] {
  const { mainFile } = model;
  return model.modules.flatMap((module) => {
    const own = { file: module.files.module, className: module.className };
    const name = shellWord(module.wireName);
    return [
      {
        ...own,
        list: "newWebsocketServe(…)",
        listFile: mainFile,
        removal: `npx wsgen remove module ${name}`,
        listing: listings.of(mainFile, own),
      },
      ...module.commands.map((command) => ({
        ...command,
        list: `${module.className}.getCommandList()`,
        listFile: module.files.module,
        removal: `npx wsgen remove command ${name} ${shellWord(command.wireName)}`,
        listing: listings.of(module.files.module, command),
      })),
    ];
  });
}

/**
 * Reports parts that a person removed, whether the run restores them or cannot: files that were deleted or emptied although
 * a list has their class, classes that were removed from their list, and files that no longer have their class.
 */
export async function explainGaps(found: ProjectState): Promise<readonly Diagnostic[]> {
  const gaps = [...missingFiles(found, "note"), ...misplacedClasses(found, "warning")];
  const wanted = wantedClasses(found);
  for (const change of found.changes.filter((each) => each.change === "edited")) {
    for (const { edit, ...texts } of await findMissingEdits(change, found)) {
      if (edit.edit !== "add-list-element" && edit.edit !== "add-serve-argument") continue;
      const one = wanted.find(
        ({ listFile, className, listing }) =>
          listFile === change.path && (listing?.local ?? className) === edit.element,
      );
      if (one === undefined || !(found.files.get(one.file) ?? "").trim()) continue;
      const gap = describeMissing(edit, texts);
      const message = `${gap.message.slice(0, -1)}; the spec has it, so wsgen adds it.`;
      gaps.push({ ...gap, message, severity: "note", fix: `To remove it instead: ${one.removal}` });
    }
  }
  return gaps;
}

/** Reports missing files: a note if the run creates them, an error if it only checks. */
export function missingFiles(found: ProjectState, severity: "note" | "error"): Diagnostic[] {
  const isNote = severity === "note";
  const mended = isNote ? "; it is created again." : ".";
  const wanted = new Map(wantedClasses(found).map((one) => [one.file, one]));
  return found.changes.flatMap(({ path, change, before }) => {
    // Only missing or empty files count. The first files of a new project are not created again.
    if (change !== "created" || (found.files.get(path) ?? "").trim() !== "") return [];
    const one = wanted.get(path);
    const at = one?.listing?.at;
    if (isNote && before === undefined && at === undefined) return [];
    const state = before === undefined ? "missing" : "empty";
    const why =
      one && at ? `, although ${one.list} has ${one.className}` : isNote ? "" : ", but the spec requires it";
    return [
      {
        code: "missing-file",
        severity,
        message: `${path} is ${state}${why}${mended}`,
        fix:
          one && at
            ? `${isNote ? "To remove it instead: " : "npx wsgen generate, or to remove it: "}${one.removal}`
            : "npx wsgen generate",
        at: at ?? startOf(path),
      },
    ];
  });
}

/** Reports classes that are not in their file or at their import, or whose file does not parse. */
export const misplacedClasses = (found: ProjectState, severity: "warning" | "error"): Diagnostic[] => [
  ...brokenCommands(found, severity),
  ...hollowFiles(found, severity),
  ...brokenImports(found, severity),
];

/** Finds the first syntax error of each command's file. No edit touches these files, so no other check finds it. */
const brokenCommands = ({ model, files }: ProjectState, severity: "warning" | "error"): Diagnostic[] =>
  model.modules.flatMap(({ commands }) =>
    commands.flatMap(({ file }) =>
      syntaxErrorsIn(file, files.get(file) ?? "")
        .slice(0, 1)
        .map(({ fix = "", ...found }) => ({ ...found, fix, severity })),
    ),
  );

const brokenImports = ({ files, ...found }: ProjectState, severity: "warning" | "error"): Diagnostic[] =>
  wantedClasses({ files, ...found }).flatMap(({ file, className, listFile, listing }) => {
    const from = listing?.brokenImport;
    if (from === undefined) return [];
    const source = new SourceText(listFile, files.get(listFile) ?? "");
    const start = 1 + Math.max(source.text.indexOf(`"${from}"`), source.text.indexOf(`'${from}'`));
    const at = source.locate({ start, end: start + from.length });
    return [
      {
        code: "not-registered",
        severity,
        message: `${className} is imported from ${JSON.stringify(from)}, but that file does not exist; the class is in ${file}.`,
        fix: `Import it from ${JSON.stringify(importPath(listFile, file))}.`,
        at,
        excerpt: source.line(at.line),
      },
    ];
  });

/** Reports files that do not have their class, and that no list uses. */
const hollowFiles = (found: ProjectState, severity: "warning" | "error"): Diagnostic[] =>
  wantedClasses(found)
    .filter(({ listing }) => listing?.isHollow)
    .map(({ file, className }) => ({
      code: "missing-file",
      severity,
      message: `${file} does not have the class ${className}, which the spec requires.`,
      fix: "Write the class, or delete the file and run `npx wsgen generate`.",
      at: startOf(file),
    }));

const startOf = (file: TreePath): Location => ({ file, line: 1, column: 1, length: 1 });

/** Finds the missing edits of a file by applying each of them alone. */
export async function findMissingEdits(
  { path }: FileChange,
  { generated, files }: ProjectState,
): Promise<
  readonly { readonly edit: Edit; readonly path: TreePath; readonly text: string; readonly value: string }[]
> {
  const operation = generated.plan.operations.find(
    (each): each is EditFile => each.action === "edit" && each.path === path,
  );
  const text = files.get(path) ?? "";
  const lacking: { edit: Edit; path: TreePath; text: string; value: string }[] = [];
  for (const edit of operation?.edits ?? []) {
    const { value } = await applyEdits({ path, text }, [edit]);
    if (value !== undefined && value !== text) lacking.push({ edit, path, text, value });
  }
  return lacking;
}

/** Describes a missing edit of a file and its place: the comment, if the code was commented out. */
export function describeMissing(
  edit: Edit,
  { path, text, value }: { readonly path: TreePath; readonly text: string; readonly value: string },
): Pick<Diagnostic, "code" | "message" | "at" | "excerpt"> {
  const [code, message] = describe(edit);
  if (edit.edit === "add-list-element" || edit.edit === "add-serve-argument") {
    const source = parseSource(path, text);
    const comment = commentsIn(source).find((each) => each.text.includes(`new ${edit.element}(`));
    if (comment !== undefined) {
      const start = comment.start + comment.text.indexOf(`new ${edit.element}(`);
      const at = locate(source, start, edit.element.length + 4);
      return {
        code,
        message: `${message.slice(0, -1)}: it is commented out.`,
        at,
        excerpt: lineAt(source, start),
      };
    }
  }
  return { code, message, ...firstDifference(path, text, value) };
}

function describe(edit: Edit): readonly [Diagnostic["code"], string] {
  switch (edit.edit) {
    case "add-import":
      return ["not-registered", `There is no import of ${edit.name} from ${JSON.stringify(edit.from)}.`];
    case "add-list-element":
      return ["not-registered", `${edit.element} is not in ${edit.className}.${edit.method}().`];
    case "add-serve-argument":
      return ["not-registered", `${edit.element} is not passed to ${edit.callee}(…).`];
    case "set-literal":
      return [
        "literal-differs",
        `${edit.className}.${edit.method}() does not return ${JSON.stringify(edit.value)}, which the spec requires.`,
      ];
    default:
      return ["orphan", `${edit.edit === "remove-import" ? edit.name : edit.element} is not in the spec.`];
  }
}

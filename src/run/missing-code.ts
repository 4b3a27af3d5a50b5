import { type Diagnostic, fileStart } from "../diagnostics/diagnostic.js";
import { firstDifference, SourceText } from "../diagnostics/source-text.js";
import { applyEdits } from "../edit/apply-edits.js";
import { type Edit, isListEdit } from "../edit/edit.js";
import { guardFile, listGuards } from "../model/model.js";
import { importPath } from "../model/paths.js";
import type { EditFile } from "../plan/plan-files.js";
import type { FileChange, TreePath } from "../project-files/tree.js";
import type { Listing } from "../scan/find-listings.js";
import { findComments } from "../syntax/find-text.js";
import { findSyntaxErrors, markAt, parseSource } from "../syntax/parse-source.js";
import type { ProjectState } from "./project-command.js";
import { quoteForShell } from "./undeclared-code.js";

export const generateFix = "Run `npx wsgen generate`.";

/** A class of the user that the spec requires: its file, and the list that it belongs to. */
interface RequiredClass {
  readonly file: TreePath;
  readonly className: string;
  readonly list: string;
  readonly listFile: TreePath;
  /** The command that removes it from the spec. */
  readonly removal: string;
  readonly listing: Listing | undefined;
}

const listRequiredClasses = ({ model, listings }: ProjectState): readonly RequiredClass[] =>
  model.modules.flatMap((module) => {
    const own = { file: module.files.module, className: module.className };
    const name = quoteForShell(module.wireName);
    return [
      {
        ...own,
        list: "newWebsocketServe(…)",
        listFile: model.mainFile,
        removal: `npx wsgen remove module ${name}`,
        listing: listings.of(model.mainFile, own),
      },
      ...module.commands.map((command) => ({
        ...command,
        list: `${module.className}.getCommandList()`,
        listFile: module.files.module,
        removal: `npx wsgen remove command ${name} ${quoteForShell(command.wireName)}`,
        listing: listings.of(module.files.module, command),
      })),
    ];
  });

/**
 * Reports parts that a person removed, whether the run restores them or cannot: files that were deleted or emptied although
 * a list has their class, classes that were removed from their list, and files that no longer have their class.
 */
export function reportMissingCode(found: ProjectState): readonly Diagnostic[] {
  const required = listRequiredClasses(found);
  const unlisted = found.changes
    .filter(({ change }) => change === "edited")
    .flatMap((change) => findMissingEdits(change, found))
    .flatMap((missing): Diagnostic[] => {
      const { edit, path } = missing;
      if (!isListEdit(edit, "add")) return [];
      const one = required.find(
        ({ listFile, className, listing }) =>
          listFile === path && (listing?.local ?? className) === edit.element,
      );
      if (one === undefined || !(found.summaries.files.get(one.file) ?? "").trim()) return [];
      const gap = describeMissing(missing);
      const message = `${gap.message.slice(0, -1)}; the spec has it, so wsgen adds it.`;
      return [{ ...gap, message, severity: "note", fix: `To remove it instead, run \`${one.removal}\`.` }];
    });
  return [...reportMissingFiles(found, "note"), ...reportMisplaced(found, "warning"), ...unlisted];
}

/** Reports missing files: a note if the run creates them, an error if it only checks. */
export function reportMissingFiles(found: ProjectState, severity: "note" | "error"): Diagnostic[] {
  const isNote = severity === "note";
  const required = new Map(listRequiredClasses(found).map((one) => [one.file, one]));
  return found.changes.flatMap(({ path, change, before }) => {
    // Only missing or empty files count. The first files of a new project are not created again.
    if (change !== "created" || (found.summaries.files.get(path) ?? "").trim() !== "") return [];
    const one = required.get(path);
    const at = one?.listing?.at;
    if (isNote && before === undefined && at === undefined) return [];
    const state = before === undefined ? "missing" : "empty";
    const isUsed = one !== undefined && at !== undefined;
    const why = isUsed
      ? `, although ${one.list} has '${one.className}'`
      : isNote
        ? ""
        : ", but the spec requires it";
    const fix = !isUsed
      ? generateFix
      : isNote
        ? `To remove it instead, run \`${one.removal}\`.`
        : `Run \`npx wsgen generate\`, or remove it with \`${one.removal}\`.`;
    return [
      {
        code: "missing-file",
        severity,
        message: `${path} is ${state}${why}${isNote ? "; it is created again." : "."}`,
        fix,
        at: at ?? fileStart(path),
      },
    ];
  });
}

/** Reports commands whose file does not parse, and classes that are not in their file or at their import. */
export const reportMisplaced = (found: ProjectState, severity: "warning" | "error"): Diagnostic[] => [
  // No edit touches the files of commands and guards, so no other check finds their syntax errors.
  ...found.model.modules
    .flatMap((module) => [
      ...listGuards(module).map((guard) => guardFile(module, guard)),
      ...module.commands.map(({ file }) => file),
    ])
    .flatMap((file) => findSyntaxErrors(file, found.summaries.files.get(file) ?? "").slice(0, 1))
    .map(({ fix = "", ...error }) => ({ ...error, fix, severity })),
  ...listRequiredClasses(found)
    .filter(({ listing }) => listing?.lacksClass)
    .map(({ file, className }) => ({
      code: "missing-file" as const,
      severity,
      message: `${file} does not have the class '${className}', which the spec requires.`,
      fix: "Write the class, or delete the file and run `npx wsgen generate`.",
      at: fileStart(file),
    })),
  ...reportMissingGuards(found, severity),
  ...listRequiredClasses(found).flatMap((one) => reportBrokenImport(one, found, severity)),
];

/** Reports guards whose file does not export their function. */
const reportMissingGuards = (
  { model, summaries }: ProjectState,
  severity: "warning" | "error",
): Diagnostic[] =>
  model.modules.flatMap((module) =>
    listGuards(module).flatMap((guard): Diagnostic[] => {
      const file = guardFile(module, guard);
      const { functionName } = guard;
      const text = summaries.files.get(file) ?? "";
      if (text.trim() === "" || new RegExp(`^export (async )?function ${functionName}\\b`, "m").test(text))
        return [];
      const summary = summaries.get(file);
      const isExported =
        summary === undefined ||
        summary.exports.has(functionName) ||
        summary.reExports.some(({ exported }) => exported === functionName || exported === "*");
      if (isExported) return [];
      const message = `${file} does not export the function '${functionName}', which the spec requires.`;
      const fix = "Export it, or delete the file and run `npx wsgen generate`.";
      return [{ code: "missing-file", severity, message, fix, at: fileStart(file) }];
    }),
  );

function reportBrokenImport(
  { file, className, listFile, listing }: RequiredClass,
  { summaries: { files } }: ProjectState,
  severity: "warning" | "error",
): Diagnostic[] {
  const from = listing?.brokenImport;
  if (from === undefined) return [];
  const source = new SourceText(listFile, files.get(listFile) ?? "");
  const start = 1 + Math.max(source.text.indexOf(`"${from}"`), source.text.indexOf(`'${from}'`));
  return [
    {
      code: "not-registered",
      severity,
      message: `'${className}' is imported from '${from}', but that file does not exist; the class is in ${file}.`,
      fix: `Import it from '${importPath(listFile, file)}'.`,
      ...source.mark({ start, end: start + from.length }),
    },
  ];
}

/** An edit that a file lacks, with the file's text before and after it. */
interface MissingEdit {
  readonly edit: Edit;
  readonly path: TreePath;
  readonly text: string;
  readonly edited: string;
}

/** Finds the missing edits of a file by applying each of them alone. */
export function findMissingEdits(
  { path }: FileChange,
  { generated, summaries: { files } }: ProjectState,
): readonly MissingEdit[] {
  const operation = generated.plan.operations.find(
    (each): each is EditFile => each.action === "edit" && each.path === path,
  );
  const text = files.get(path) ?? "";
  return (operation?.edits ?? []).flatMap((edit) => {
    const { value: edited } = applyEdits({ path, text }, [edit]);
    return edited === undefined || edited === text ? [] : [{ edit, path, text, edited }];
  });
}

/** Describes a missing edit of a file and its place: the comment, if the code was commented out. */
export function describeMissing({
  edit,
  path,
  text,
  edited,
}: MissingEdit): Pick<Diagnostic, "code" | "message" | "at" | "excerpt"> {
  const [code, message] = describe(edit);
  const source = parseSource(path, text);
  const words = isListEdit(edit, "add") ? `new ${edit.element}(` : undefined;
  const comment = words && findComments(source).find((each) => each.text.includes(words));
  if (words === undefined || !comment) return { code, message, ...firstDifference(path, text, edited) };
  const start = comment.start + comment.text.indexOf(words);
  return {
    code,
    message: `${message.slice(0, -1)}: it is commented out.`,
    ...markAt(source, start, words.length - 1),
  };
}

function describe(edit: Edit): readonly [Diagnostic["code"], string] {
  switch (edit.edit) {
    case "add-import":
      return ["not-registered", `'${edit.name}' is not imported from '${edit.from}'.`];
    case "add-list-element":
      return ["not-registered", `'${edit.element}' is not in ${edit.className}.${edit.method}().`];
    case "add-serve-argument":
      return ["not-registered", `'${edit.element}' is not passed to ${edit.callee}(…).`];
    case "set-literal":
      return [
        "literal-differs",
        `${edit.className}.${edit.method}() does not return ${JSON.stringify(edit.value)}, which the spec requires.`,
      ];
    default:
      return ["orphan", `'${edit.edit === "remove-import" ? edit.name : edit.element}' is not in the spec.`];
  }
}

import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { applyEdits } from "../edit/apply-edits.js";
import type { Edit } from "../edit/edit.js";
import type { EditFile } from "../plan/plan.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import type { Orphan } from "../survey/find-orphans.js";
import type { FileChange } from "../tree/file-change.js";
import type { Findings } from "./carry-out.js";
import { wsgenVersion } from "./package-info.js";

const generateFix = "npx wsgen generate";

/** Says of every difference between the spec and the code what it is, where it is, and which command mends it. */
export async function findDeviations(findings: Findings): Promise<readonly Diagnostic[]> {
  const deviations = findings.orphans.map(orphaned);
  for (const change of findings.changes) {
    if (change.change === "edited") deviations.push(...(await unregistered(change, findings)));
    else deviations.push(...fileDeviation(change));
  }
  return deviations;
}

function fileDeviation({ path, change, before, after }: FileChange): readonly Diagnostic[] {
  const at = differenceIn(path, before, after);
  if (change === "created") {
    const message = `The spec asks for ${path}, but there is no such file.`;
    return [{ code: "missing-file", severity: "error", message, fix: generateFix, at }];
  }
  if (change !== "replaced") return [];
  const version = typeof before === "string" ? readGeneratedHeader(before)?.version : undefined;
  if (version !== undefined && version !== wsgenVersion()) {
    const message = `${path} was written by wsgen ${version}; this is ${wsgenVersion()}.`;
    return [{ code: "other-version", severity: "error", message, fix: generateFix, at }];
  }
  return [
    {
      code: "stale-file",
      severity: "error",
      message: `${path} is not what the spec gives.`,
      fix: generateFix,
      at,
    },
  ];
}

const orphaned = ({ path, kind }: Orphan): Diagnostic => ({
  code: "orphan",
  severity: "error",
  message: `${path} is ${kind === "generated" ? "generated for something" : `a ${kind}`} that the spec does not have.`,
  fix: `${generateFix} --prune, or add it to the spec`,
  at: { file: path, line: 1, column: 1, length: 1 },
});

/** Tells the edits that a file lacks apart, by making each of them alone. */
async function unregistered(change: FileChange, { generated }: Findings): Promise<Diagnostic[]> {
  const operation = generated.plan.operations.find(
    (each): each is EditFile => each.action === "edit" && each.path === change.path,
  );
  const text = String(change.before);
  const found: Diagnostic[] = [];
  for (const edit of operation?.edits ?? []) {
    const { value } = await applyEdits({ path: change.path, text }, [edit]);
    if (value === undefined || value === text) continue;
    const [code, message] = lack(edit);
    const at = differenceIn(change.path, text, value);
    found.push({ code, severity: "error", message, fix: generateFix, at });
  }
  return found;
}

function lack(edit: Edit): readonly [Diagnostic["code"], string] {
  switch (edit.edit) {
    case "add-import":
      return ["not-registered", `There is no import of ${edit.name} from ${JSON.stringify(edit.from)}.`];
    case "add-list-element":
      return ["not-registered", `${edit.element} is not in ${edit.className}.${edit.method}().`];
    case "add-serve-argument":
      return ["not-registered", `${edit.element} is not given to ${edit.callee}(…).`];
    case "set-literal":
      return [
        "literal-differs",
        `${edit.className}.${edit.method}() does not return ${JSON.stringify(edit.value)}, as the spec says.`,
      ];
    default:
      return ["orphan", `${edit.edit === "remove-import" ? edit.name : edit.element} is not in the spec.`];
  }
}

/** The place of the first character that differs, in the text that is there. */
function differenceIn(file: string, before: FileChange["before"], after: FileChange["after"]): Location {
  if (typeof before !== "string" || typeof after !== "string") return { file, line: 1, column: 1, length: 1 };
  let offset = 0;
  while (offset < before.length && before[offset] === after[offset]) offset += 1;
  const line = before.slice(0, offset).split("\n");
  return { file, line: line.length, column: (line.at(-1)?.length ?? 0) + 1, length: 1 };
}

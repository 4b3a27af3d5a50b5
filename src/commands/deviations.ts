import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { firstDifference } from "../diagnostics/first-difference.js";
import { applyEdits } from "../edit/apply-edits.js";
import type { Edit } from "../edit/edit.js";
import type { EditFile } from "../plan/plan.js";
import { readGeneratedHeader, withHeaderOf } from "../render/generated-header.js";
import type { FileChange } from "../tree/file-change.js";
import { wsgenVersion } from "./package-info.js";
import { findSurplus } from "./surplus.js";
import type { Findings } from "./work.js";

const fix = "npx wsgen generate";

/** Says of every difference between the spec and the code what it is, where it is, and which command mends it. */
export async function findDeviations(findings: Findings): Promise<readonly Diagnostic[]> {
  const deviations = [...(await findSurplus(findings, "error"))];
  for (const change of findings.changes) {
    if (change.change === "edited") deviations.push(...(await missingEdits(change, findings)));
    else deviations.push(...fileDeviation(change));
  }
  return deviations;
}

function fileDeviation({ path, change, before, after }: FileChange): readonly Diagnostic[] {
  if (change === "created") {
    const message = `The spec asks for ${path}, but there is no such file.`;
    const at = { file: path, line: 1, column: 1, length: 1 };
    return [{ code: "missing-file", severity: "error", message, fix, at }];
  }
  if (change !== "replaced" || typeof before !== "string" || typeof after !== "string") return [];
  const version = readGeneratedHeader(before)?.version;
  if (version !== undefined && version !== wsgenVersion()) {
    const message = `${path} was written by wsgen ${version}; this is ${wsgenVersion()}.`;
    const difference = firstDifference(path, before, after);
    return [{ code: "other-version", severity: "error", message, fix, ...difference }];
  }
  const message = `${path} is not what the spec gives.`;
  // What is below the header says more than that the checksums differ.
  const below = version === undefined ? after : withHeaderOf(after, before);
  const difference = firstDifference(path, before, below === before ? after : below);
  return [{ code: "stale-file", severity: "error", message, fix, ...difference }];
}

/** Tells the edits that a file lacks apart, by making each of them alone. */
async function missingEdits(change: FileChange, { generated }: Findings): Promise<Diagnostic[]> {
  const operation = generated.plan.operations.find(
    (each): each is EditFile => each.action === "edit" && each.path === change.path,
  );
  const text = String(change.before);
  const found: Diagnostic[] = [];
  for (const edit of operation?.edits ?? []) {
    const { value } = await applyEdits({ path: change.path, text }, [edit]);
    if (value === undefined || value === text) continue;
    const [code, message] = lack(edit);
    found.push({ code, severity: "error", message, fix, ...firstDifference(change.path, text, value) });
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

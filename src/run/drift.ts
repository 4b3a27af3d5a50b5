import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { firstDifference } from "../diagnostics/source-text.js";
import { wsgenVersion } from "../fs/own-files.js";
import { readGeneratedHeader, withHeaderOf } from "../render/generated-header.js";
import type { FileChange } from "../tree/tree.js";
import { describeMissing, findMissingEdits, misplacedClasses, missingFiles } from "./explain-gaps.js";
import type { ProjectState } from "./project-command.js";
import { reportUndeclared } from "./undeclared-code.js";

const fix = "npx wsgen generate";

/** Finds every difference between the spec and the code: what it is, where it is, and the command that ends it. */
export async function findDrift(findings: ProjectState): Promise<readonly Diagnostic[]> {
  const drift = [
    ...(await reportUndeclared(findings, "error")),
    ...missingFiles(findings, "error"),
    ...misplacedClasses(findings, "error"),
  ];
  for (const change of findings.changes) {
    if (change.change !== "edited") drift.push(...fileDeviation(change));
    else
      for (const { edit, ...texts } of await findMissingEdits(change, findings))
        drift.push({ ...describeMissing(edit, texts), severity: "error", fix });
  }
  return drift;
}

function fileDeviation({ path, change, before, after }: FileChange): readonly Diagnostic[] {
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

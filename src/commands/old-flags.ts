import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { isNamed } from "../scan/summaries.js";
import { findOldWords } from "./old-words.js";
import { type Findings, textsAfter } from "./work.js";

/** Tells where the user's own text repeats a flag that has just followed the spec: the path of a test, for example. */
export async function findOldFlags(found: Findings): Promise<readonly Diagnostic[]> {
  const old = new Set<string>();
  for (const { files, className, flag } of found.model.modules) {
    const summary = await found.summaries.of(files.module);
    const before = summary?.modules.find((module) => isNamed(module, className))?.flag;
    if (before !== undefined && before !== flag) old.add(before);
  }
  // One that another module has now means that one as well.
  for (const { flag } of found.model.modules) old.delete(flag);
  const texts = old.size === 0 ? new Map() : textsAfter(found);
  return [...old].flatMap((flag) => findOldWords(texts, { names: [flag], pathStart: `/${flag}/` }));
}

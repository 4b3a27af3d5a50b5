import { type CodeSection, runtimeCodes } from "wsgen-runtime/error-codes";
import { diagnosticCodes } from "./diagnostic.js";
import { suggestAll } from "./suggest.js";

/** Every code of wsgen and of the runtime, by kind. The source of `wsgen explain` and of docs/diagnostics.md. */
export const codeSections: readonly CodeSection[] = [
  {
    title: "Findings of wsgen",
    about:
      "The code is in brackets after the message, and `code` in the output of `--json`. It stays the same between versions.",
    codes: diagnosticCodes,
  },
  ...runtimeCodes,
];

/** What a code means in one of its sections. The texts are plain: links are the paths of documents. */
export interface Explanation {
  readonly code: string;
  readonly section: string;
  /** Where the code is seen. */
  readonly about: string;
  readonly cause: string;
  readonly fix: string;
}

/** The explanations of a code, as it was typed: `[unknown-key]` and `1008` too. Empty for an unknown code. */
export function explainCode(typed: string): readonly Explanation[] {
  const code = readCode(typed);
  return codeSections.flatMap(({ title, about, codes }) => {
    const found = Object.hasOwn(codes, code) ? codes[code] : undefined;
    if (found === undefined) return [];
    const [cause, fix] = found;
    return [{ code, section: title, about: toPlain(about), cause: toPlain(cause), fix: toPlain(fix) }];
  });
}

/** At most five known codes that a mistyped one may mean: similar ones, then those that contain it or its words. */
export function suggestCodes(typed: string): readonly string[] {
  const code = readCode(typed);
  const all = listCodes();
  const words = code.split(/[-_ ]/).filter((word) => word.length > 2);
  const containing = all.filter((known) => words.length > 0 && words.every((word) => known.includes(word)));
  return [...new Set([...suggestAll(code, all), ...containing])].slice(0, 5);
}

export const listCodes = (): readonly string[] => [
  ...new Set(codeSections.flatMap(({ codes }) => Object.keys(codes))),
];

/** A code without brackets, in lower case. A close code of the application stands for its range. */
function readCode(typed: string): string {
  const code = typed.replace(/^\[|\]$/g, "").toLowerCase();
  return /^[34]\d{3}$/.test(code) ? "3000-4999" : code;
}

/** A terminal has no links: `[protocol.md](protocol.md#close-codes)` becomes `docs/protocol.md`. */
const toPlain = (text: string): string =>
  text.replace(/\[([^\]]+)\]\((\w+\.md)[^)]*\)/g, (_, label: string, file: string) =>
    label === file ? `docs/${file}` : `${label} (docs/${file})`,
  );

import { problem } from "../diagnostics/diagnostic.js";
import { type Explanation, explainCode, suggestCodes } from "../diagnostics/explain.js";
import { type CommandResult, createTextResult, refuse } from "../run/result.js";

/** `wsgen explain`: prints the cause and the fix of a code, as docs/diagnostics.md has them. */
export function explainCommand(code: string): CommandResult {
  const explanations = explainCode(code);
  if (explanations.length === 0) return refuse("explain", [reportUnknown(code)]);
  const text = explanations.map(printExplanation).join("\n");
  return createTextResult("explain", { text, json: { explanations, text } });
}

const printExplanation = ({ code, section, about, cause, fix }: Explanation): string =>
  `${code} (${section})\n  cause: ${cause}\n  fix: ${fix}\n  ${about}\n`;

function reportUnknown(code: string) {
  const names = suggestCodes(code).map((name) => `'${name}'`);
  const meant = names.length === 0 ? "." : `; did you mean ${names.join(" or ")}?`;
  return problem("usage", {
    message: `Unknown code '${code}'${meant}`,
    fix: "docs/diagnostics.md lists all codes. If a server of yours sends this one, its spec declares it: run `wsgen list`.",
  });
}

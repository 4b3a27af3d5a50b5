import { type CommandResult, refusal, telling } from "../result.js";
import { completionScripts } from "./scripts.js";

/** `wsgen completion`: the script for a shell; without one for the shell that the person uses. */
export function completionCommand(shell: keyof typeof completionScripts | undefined): CommandResult {
  const used = shell ?? shellOf(process.env.SHELL ?? "");
  if (used !== undefined) {
    const text = completionScripts[used];
    return telling("completion", { text, json: { shell: used, text } });
  }
  const message = `wsgen has no completion for ${JSON.stringify(process.env.SHELL ?? "")}.`;
  return refusal("completion", [
    { code: "usage", severity: "error", message, fix: "wsgen completion bash, zsh or fish" },
  ]);
}

const shellOf = (path: string): keyof typeof completionScripts | undefined =>
  (Object.keys(completionScripts) as (keyof typeof completionScripts)[]).find((name) => path.endsWith(name));

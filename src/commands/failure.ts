import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { type CommandResult, refusal } from "./result.js";
import { UsageError } from "./usage-error.js";

/** The result of a command line that did not get as far as to give one: wrong usage, an unreadable file, or a defect of ours. */
export function failure(error: unknown, args: readonly string[]): CommandResult {
  if (error instanceof UsageError) return wrongUsage(error, args);
  if (isSystemError(error)) return refusal("wsgen", [unreadable(error)]);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    ...refusal("wsgen", [defect(error)]),
    answer: { text: "", notes: `${stack}\n`, json: { stack } },
  };
}

function wrongUsage({ messages, help }: UsageError, args: readonly string[]): CommandResult {
  const fix = "`wsgen --help` shows what there is.";
  const typed = `${fix} You typed: ${["wsgen", ...args].join(" ")}`;
  const found = messages.map((message, index) => ({
    code: "usage" as const,
    severity: "error" as const,
    message,
    fix: index === messages.length - 1 ? typed : fix,
  }));
  const result = refusal("wsgen", found);
  return help === undefined ? result : { ...result, answer: { text: "", notes: `\n${help}\n`, json: {} } };
}

const defect = (error: unknown): Diagnostic => ({
  code: "defect",
  severity: "error",
  message: error instanceof Error ? error.message : String(error),
  fix: "This is a defect of wsgen; please report it together with what follows.",
});

const unreadable = ({ message, path }: NodeJS.ErrnoException): Diagnostic => ({
  code: "read-failed",
  severity: "error",
  message: `${path ?? "A file"} cannot be read: ${message}.`,
  fix: "Mend what the system says, then run the command again.",
});

/** Errors of Node's own that come from the operating system. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";

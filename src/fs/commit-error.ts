import { dirname } from "node:path";
import { type Diagnostic, type DiagnosticCode, problem } from "../diagnostics/diagnostic.js";
import { isErrorWithCode } from "./file-system.js";

/** Stops a commit. Only this folder throws it. */
export class CommitError extends Error {
  override readonly name = "CommitError";
  constructor(
    readonly code: DiagnosticCode,
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file",
  EPERM: "not permitted (immutable, or another owner)",
  EROFS: "the file system is read-only",
};

/**
 * Converts an error to a diagnostic.
 * @throws the error itself if it is neither a system error nor a `CommitError`: a defect of wsgen.
 */
export function toDiagnostic(error: unknown, during: string): Diagnostic {
  if (error instanceof CommitError) return problem(error.code, { message: error.message, fix: error.fix });
  if (!isErrorWithCode(error)) throw error;
  const reason = reasons[error.code ?? ""] ?? error.message;
  const message = `${during}: ${reason} [${error.code}]${describePlace(error, during)}.`;
  return problem("write-failed", { message, fix: "Fix the cause, then run the command again." });
}

/** The file of a system error, or its folder for a temporary file of wsgen; empty if `during` already names it. */
function describePlace(
  { path, dest }: NodeJS.ErrnoException & { readonly dest?: string },
  during: string,
): string {
  const isBeside = (file: string): boolean => /[\\/]\.wsgen[^\\/]*$/.test(file);
  const target = [dest, path].find((file) => file !== undefined && !isBeside(file));
  const place = target ?? (path && dirname(path));
  return place === undefined || during.includes(place) ? "" : `: ${place}`;
}

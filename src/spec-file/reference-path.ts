import type { DiagnosticCode } from "../diagnostics/diagnostic.js";
import { printPointer, unescapeToken } from "./json.js";

/** The parts of a `$ref` to a file. */
export interface FileReference {
  /** Normalised, with `/`, relative to the folder of the spec, which it cannot leave. */
  readonly path: string;
  /** The tokens of the JSON Pointer (RFC 6901); empty for the whole file. */
  readonly tokens: readonly string[];
}

/** Why a `$ref` cannot be followed. */
export interface ReferenceProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly fix: string;
}

/** Whether a `$ref` leads to a file, and not into the text that contains it. */
export const isFileReference = (ref: string): boolean => !ref.startsWith("#");

/** How to write a reference, for fixes. */
const example = "`./schemas/user.yaml#/User`";
const howToWrite = `Write \`#/schemas/Name\` for a shared schema, or the path from this file to another one: ${example}.`;

/**
 * Reads a `$ref` to a file: a path relative to the file that contains it, and a JSON Pointer after `#`. The path is data
 * of the spec: a URL, an absolute path, a hidden file, and a path that leaves the spec's folder are refused.
 * @param from the path of the file with the reference, relative to the folder of the spec
 */
export function readFileReference(ref: string, from: string): FileReference | ReferenceProblem {
  const hash = ref.indexOf("#");
  const written = hash < 0 ? ref : ref.slice(0, hash);
  const shown = `'${ref.length > 200 ? `${ref.slice(0, 200)}…` : ref}'`;
  const refuse = (reason: string, fix: string, code: DiagnosticCode = "unknown-reference") => ({
    code,
    message: `The reference ${shown} ${reason}.`,
    fix,
  });
  const tokens = readPointer(hash < 0 ? "" : ref.slice(hash + 1));
  const decoded = decode(written);
  if (/^[A-Za-z][\w+.-]*:|^\/\//.test(written))
    return refuse("is a URL", `Save the file in the folder of the spec, and write its path: ${example}.`);
  if (decoded === undefined || /[\0-\x1f\\]/.test(decoded))
    return refuse("is not a path", `Write a relative path with \`/\`: ${example}.`);
  if (decoded.startsWith("/")) return refuse("is an absolute path", howToWrite, "outside-project");
  const path = resolvePath(from, decoded);
  if (path === undefined)
    return refuse(
      "leaves the folder of the spec",
      "Move the file into the folder of the spec or one below it, or move the spec.",
      "outside-project",
    );
  if (path.split("/").some((part) => part.startsWith(".")))
    return refuse("leads to a hidden file or folder", "Use a name that does not begin with a dot.");
  if (!/\.(ya?ml|json)$/i.test(path))
    return refuse("does not lead to a .yaml, .yml or .json file", howToWrite);
  if (tokens === undefined)
    return refuse("has no JSON Pointer after `#`", `Write \`#/\` and the keys that lead there: ${example}.`);
  return { path, tokens };
}

/** The tokens of the pointer after `#`; undefined if it is not a pointer. */
export function readPointer(fragment: string): readonly string[] | undefined {
  const pointer = decode(fragment);
  if (pointer === undefined || (pointer !== "" && !pointer.startsWith("/"))) return undefined;
  return pointer.split("/").slice(1).map(unescapeToken);
}

/** The pointer with these tokens, as a reference has it: `#/User`. */
export const printFragment = (tokens: readonly string[]): string =>
  printPointer(tokens).replaceAll("%", "%25");

/** The path of a file, relative to the folder that contains `from`; undefined if it leaves the folder of the spec. */
function resolvePath(from: string, to: string): string | undefined {
  const parts = from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

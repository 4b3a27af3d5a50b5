import { SourceText } from "../diagnostics/source-text.js";
import { Findings } from "./findings.js";

/** The largest spec that is read, in bytes. The limit comes before any parsing. */
export const MAX_SPEC_BYTES = 4 * 1024 * 1024;

/**
 * The text of a spec. Refused with `spec-unreadable`: too many bytes, UTF-16, bad UTF-8, and characters that
 * YAML 1.2 §5.1 does not allow. A byte-order mark is taken off.
 */
export function decodeText(file: string, bytes: Uint8Array): Findings {
  if (bytes.byteLength > MAX_SPEC_BYTES) {
    const size = `${(bytes.byteLength / 1_048_576).toFixed(1)} MiB`;
    return unreadable(
      file,
      `the spec has ${size}; at most ${MAX_SPEC_BYTES / 1_048_576} MiB are read`,
      "split the server into several projects",
    );
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return unreadable(file, "the spec is UTF-16", "save it as UTF-8");
  }
  const text = new TextDecoder("utf-8").decode(bytes);
  const findings = new Findings(new SourceText(file, text));
  if (!isUtf8(bytes)) {
    const at = Math.max(0, text.indexOf("\ufffd"));
    findings.add("spec-unreadable", { start: at, end: at + 1 }, "the spec is not UTF-8", "save it as UTF-8");
    return findings;
  }
  for (const match of text.matchAll(FORBIDDEN)) {
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const what =
      match[0] === "\r" ? "a carriage return without a line feed" : `the control character U+${code}`;
    const fix = 'remove it, or write it as an escape in a "double-quoted" text';
    findings.add(
      "spec-unreadable",
      { start: match.index, end: match.index + 1 },
      `${what} is not allowed`,
      fix,
    );
  }
  return findings;
}

const FORBIDDEN = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function unreadable(file: string, message: string, fix: string): Findings {
  const findings = new Findings(new SourceText(file, ""));
  findings.add("spec-unreadable", { start: 0, end: 0 }, message, fix);
  return findings;
}

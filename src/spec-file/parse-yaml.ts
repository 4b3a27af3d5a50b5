import { isUtf8 } from "node:buffer";
import { Composer, type Document, type ErrorCode, Lexer, Parser } from "yaml";
import { SourceText } from "../diagnostics/source-text.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";

/** How deep mappings and lists may nest. */
export const maxDepth = 100;

type Token = Parameters<Composer["next"]>[0];

/**
 * Cache of the last texts without problems: every text is parsed once to find the files that it refers to, and again when it
 * is read.
 */
const parsed = new Map<string, Document.Parsed>();
const maxParsed = 50;

/**
 * Parses one YAML 1.2 document with the core schema. Depth is checked on the tokens, before the composer, which
 * recurses. Undefined without a document; problems are in `findings`. Callers must not change the
 * document.
 */
export function parseYaml(findings: DiagnosticCollector): Document.Parsed | undefined {
  const { text } = findings.source;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const document = parse(findings);
  if (document === undefined || findings.hasErrors) return document;
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, document);
  return document;
}

function parse(findings: DiagnosticCollector): Document.Parsed | undefined {
  const { text } = findings.source;
  const tokens = readTokens(findings);
  if (tokens === undefined) return undefined;
  // uniqueKeys: the check of yaml takes quadratic time; source-tree.ts has another one.
  const options = {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
  } as const;
  const [document, second] = withoutStacks(() => [
    ...new Composer(options).compose(tokens, true, text.length),
  ]);
  if (document === undefined) return undefined;
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const start = Math.max(0, Math.min(pos[0], text.length));
    const sentence = message.endsWith(".") ? message : `${message}.`;
    findings.add(
      "spec-syntax",
      { start, end: Math.max(start, pos[1]) },
      sentence,
      fixes[code] ?? "Correct the YAML here.",
    );
  }
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2") {
    const message = `The spec is read as YAML 1.2, not ${document.directives.yaml.version}.`;
    findings.add("spec-syntax", { start: 0, end: 1 }, message, "Remove the `%YAML` line.");
  }
  if (second) {
    const [start] = second.range;
    const message = "The spec contains a second document.";
    findings.add("spec-syntax", { start, end: start }, message, "Keep one document, without `---` after it.");
  }
  return document as Document.Parsed;
}

/** Turns off stack traces: yaml creates an Error for each problem, and the stacks take 90% of the time of a hostile text. */
function withoutStacks<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const fixes: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: "Give all keys of one mapping the same indentation.",
  BLOCK_IN_FLOW: "Separate the entries inside { } and [ ] with commas.",
  MULTILINE_IMPLICIT_KEY: "End the key with a colon.",
  TAB_AS_INDENT: "Indent with spaces.",
  TAG_RESOLVE_FAILED: "Remove the tag.",
};

function readTokens(findings: DiagnosticCollector): Token[] | undefined {
  const parser = new Parser();
  const tokens: Token[] = [];
  for (const lexeme of new Lexer().lex(findings.source.text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  const tooDeep = findTooDeep(tokens);
  if (tooDeep === undefined) return tokens;
  const message = `Mappings and lists are nested deeper than ${maxDepth} levels.`;
  findings.add(
    "spec-unreadable",
    { start: tooDeep, end: tooDeep + 1 },
    message,
    "Use shared schemas and `$ref`.",
  );
  return undefined;
}

/** Offset of the first token below the allowed depth; walks with a stack of its own, so it cannot overflow. */
function findTooDeep(tokens: readonly Token[]): number | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    if (token.type === "document" && token.value) waiting.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 });
      if (value) waiting.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

/** The largest spec that is read, in bytes: more than ten times a spec of 1,000 commands. It limits all that is parsed. */
export const maxSpecBytes = 2 * 1024 * 1024;

/**
 * The text of a spec. Refused with `spec-unreadable`: too many bytes, UTF-16, bad UTF-8, and characters that
 * YAML 1.2 §5.1 does not allow. A byte-order mark is removed.
 */
export function decodeText(file: string, bytes: Uint8Array): DiagnosticCollector {
  if (bytes.byteLength > maxSpecBytes) {
    const size = `${(bytes.byteLength / 1_048_576).toFixed(1)} MiB`;
    return reportUnreadable(
      file,
      `The spec is ${size}; the limit is ${maxSpecBytes / 1_048_576} MiB.`,
      "Split the server into several projects.",
    );
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return reportUnreadable(file, "The spec is UTF-16.", "Save it as UTF-8.");
  }
  const text = new TextDecoder("utf-8").decode(bytes);
  const findings = new DiagnosticCollector(new SourceText(file, text));
  if (!isUtf8(bytes)) {
    const at = Math.max(0, text.indexOf("\ufffd"));
    const span = { start: at, end: at + 1 };
    findings.add("spec-unreadable", span, "The spec is not UTF-8.", "Save it as UTF-8.");
    return findings;
  }
  for (const match of text.matchAll(forbiddenCharacters)) {
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const what =
      match[0] === "\r" ? "A carriage return without a line feed" : `The control character U+${code}`;
    const fix = 'Remove it, or write it as an escape in a "double-quoted" string.';
    const span = { start: match.index, end: match.index + 1 };
    findings.add("spec-unreadable", span, `${what} is not allowed.`, fix);
  }
  return findings;
}

const forbiddenCharacters =
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;

function reportUnreadable(file: string, message: string, fix: string): DiagnosticCollector {
  const findings = new DiagnosticCollector(new SourceText(file, ""));
  findings.add("spec-unreadable", { start: 0, end: 0 }, message, fix);
  return findings;
}

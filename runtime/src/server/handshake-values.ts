import { contain, takeSync } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { HandshakeCheck, HandshakeField, HandshakePart } from "../config/handshake-check.js";
import type { CheckedParts, Handshake } from "../connection/context.js";
import { readCookies } from "../connection/headers.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { ErrorCode } from "../errors.js";
import type { ValidationProblem } from "../validation/problem.js";
import { type RefusedHandshake, serverFailed } from "./refusal.js";

type Texts = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Converts the parts of a handshake that `setHandshakeChecks` names, and checks them.
 * @returns the checked parts, undefined if the module checks none; or the refusal, with all problems of all parts
 */
export function checkHandshakeValues(
  module: ModuleRuntime,
  handshake: Handshake,
): { readonly checked: CheckedParts | undefined } | { readonly refused: RefusedHandshake } {
  const checks = Object.entries(module.config.handshakeChecks) as [
    HandshakePart,
    HandshakeCheck | undefined,
  ][];
  if (checks.length === 0) return { checked: undefined };
  const checked: { [Part in HandshakePart]?: Readonly<Record<string, unknown>> } = {};
  const found: ValidationProblem[] = [];
  const run = () => {
    for (const [part, rule] of checks) {
      if (rule === undefined) continue;
      const values = convert(readTexts[part](handshake), rule.fields);
      const problems = takeSync(rule.check(values), "The check of the handshake") ?? [];
      found.push(...problems.map((problem) => ({ ...problem, pointer: `/${part}${problem.pointer}` })));
      checked[part] = values;
    }
    return found.length === 0 ? { checked } : { refused: refuse(module, handshake, found) };
  };
  return contain({ entry: "handshakeCheck", log: module.log }, run, () => ({ refused: serverFailed })) as
    | { checked: CheckedParts }
    | { refused: RefusedHandshake };
}

/** The texts of each part of a handshake. A name that occurs several times in a query has a list. */
const readTexts: Readonly<Record<HandshakePart, (handshake: Handshake) => Texts>> = {
  params: ({ params }) => params,
  query({ queryString }) {
    const texts: Record<string, string | string[]> = Object.create(null);
    // `getAll` for each name would take quadratic time.
    for (const [name, text] of new URLSearchParams(queryString)) {
      const { [name]: earlier } = texts;
      if (earlier === undefined) texts[name] = text;
      else if (typeof earlier === "string") texts[name] = [earlier, text];
      else earlier.push(text);
    }
    return texts;
  },
  headers: ({ headers }) => headers,
  cookies: ({ headers }) => readCookies(headers.cookie),
};

function convert(texts: Texts, rules: HandshakeCheck["fields"]): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = Object.assign(Object.create(null), texts);
  for (const [name, rule] of Object.entries(rules)) {
    const { [name]: text } = values as Texts;
    if (text !== undefined) values[name] = convertField(text, rule);
    else if (rule.default !== undefined) values[name] = structuredClone(rule.default);
  }
  return values;
}

function convertField(text: string | readonly string[], { type, isList }: HandshakeField): unknown {
  if (isList) return [text].flat().map((each) => convertText(each, type));
  return typeof text === "string" ? convertText(text, type) : text;
}

function convertText(text: string, type: HandshakeField["type"]): unknown {
  if (type === "number" && jsonNumber.test(text)) return toNumber(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** `9007199254740993` would become the id before it, and `1e999` an infinity: such a text stays, for the check to refuse. */
function toNumber(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) || (Number.isFinite(number) && /\D/.test(text.slice(1)))
    ? number
    : text;
}

/** A number of JSON (RFC 8259 §6). `0x10`, `1_000`, ` 1` and the empty text are not numbers. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function refuse(
  module: ModuleRuntime,
  { remoteAddress }: Handshake,
  details: readonly ValidationProblem[],
): RefusedHandshake {
  const [first] = details;
  const found = `${first?.pointer} ${first?.message}`;
  module.refusals.note("handshake_invalid", { decidedBy: "setHandshakeChecks", remoteAddress, found });
  const message = "The handshake does not match its schema.";
  return {
    status: 400,
    closeCode: CloseCode.policyViolation,
    error: { code: ErrorCode.invalidRequest, message, details },
  };
}

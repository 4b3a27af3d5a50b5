import { randomUUID } from "node:crypto";
import { takeSync } from "../boundary.js";
import { type Conversion, isBytes } from "../conversion.js";
import { ErrorCode, WebsocketError } from "../errors.js";
import type { ValidationProblem, Validator } from "../validation/problem.js";

/** The error for a request that does not match the command's schema. `details` lists every problem. */
export const refuseRequest = (problems: readonly ValidationProblem[]): WebsocketError =>
  new WebsocketError(ErrorCode.invalidRequest, `The request does not fit: ${summarize(problems)}`, {
    details: problems,
  });

/** Data of the server that does not match its schema: a defect in the user's code. */
export class InvalidDataError extends Error {
  override readonly name = "InvalidDataError";
  readonly problems: readonly ValidationProblem[];

  constructor(title: string, problems: readonly ValidationProblem[]) {
    super(`${title} does not fit its schema: ${summarize(problems)}`);
    this.problems = problems;
  }
}

/** The rules for a value that the server sends. */
export interface DataRules {
  readonly check?: Validator | undefined;
  /** Undefined: the schema has no bytes. */
  readonly conversion?: Conversion | undefined;
}

/**
 * Checks a value before it is sent.
 * @param noun of what, for errors: `reply`
 * @throws InvalidDataError if it does not match
 */
export function checkData(
  value: unknown,
  { check, conversion }: DataRules,
  [title, noun]: readonly [title: string, noun: string],
): void {
  if (check === undefined) return;
  const problems = takeSync(check(toJsonValue(value, conversion !== undefined)), `The check of the ${noun}`);
  if (problems !== undefined) throw new InvalidDataError(title, problems);
}

/**
 * The value as its receiver reads it: on the wire, a `Date` is a string and a `Map` has no entries. Undefined becomes
 * null. Throws the errors of `JSON.stringify`.
 * @param keepsBytes whether bytes stay bytes, which takes more time
 */
export function toJsonValue(value: unknown, keepsBytes = false): unknown {
  const kept: Uint8Array[] = [];
  // Not an arrow function: `this` has the value before its `toJSON`, which a `Buffer` has.
  function replace(this: Readonly<Record<string, unknown>>, name: string, json: unknown): unknown {
    const bytes = isBytes(this[name]) ? this[name] : json;
    return isBytes(bytes) ? `${keptMark}${kept.push(bytes) - 1}` : json;
  }
  const revive = (_name: string, json: unknown): unknown =>
    typeof json === "string" && json.startsWith(keptMark) ? kept[Number(json.slice(keptMark.length))] : json;
  const json: string | undefined = JSON.stringify(value, keepsBytes ? replace : undefined);
  return json === undefined ? null : JSON.parse(json, kept.length > 0 ? revive : undefined);
}

/** No value of the user's can begin with it. */
const keptMark = `bytes ${randomUUID()} `;

function summarize([first, ...others]: readonly ValidationProblem[]): string {
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `${first?.pointer || "it"} ${first?.message ?? "is invalid"}${more}.`;
}

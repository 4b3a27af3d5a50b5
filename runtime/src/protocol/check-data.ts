import { takeSync } from "../boundary.js";
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

/** @throws InvalidDataError if the reply does not match */
export function checkReply(command: string, reply: unknown, check: Validator | undefined): void {
  const problems =
    check === undefined ? undefined : takeSync(check(toJsonValue(reply)), "The check of the reply");
  if (problems !== undefined) throw new InvalidDataError(`The reply of ${JSON.stringify(command)}`, problems);
}

/**
 * The value as its receiver reads it: on the wire, a `Date` is a string and a `Map` has no entries. Undefined becomes
 * null. Throws the errors of `JSON.stringify`.
 */
export function toJsonValue(value: unknown): unknown {
  const json: string | undefined = JSON.stringify(value);
  return json === undefined ? null : JSON.parse(json);
}

function summarize([first, ...others]: readonly ValidationProblem[]): string {
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `${first?.pointer || "it"} ${first?.message ?? "is invalid"}${more}.`;
}

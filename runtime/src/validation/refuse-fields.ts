import { isArray, isObject } from "./json-value.js";
import { addProblem, pointerToken, type ValidationProblem } from "./problem.js";

/**
 * Checks the request of a command that takes no fields. The envelope's own fields are not part of it. An empty list is
 * valid, too: many clients of JSON-RPC send `params: []`.
 */
export function refuseFields(request: unknown): ValidationProblem[] | undefined {
  if (request === undefined || (isArray(request) && request.length === 0)) return undefined;
  if (!isObject(request)) return addProblem(undefined, "", "type", "must be an object");
  let problems: ValidationProblem[] | undefined;
  for (const name of Object.keys(request)) {
    if (request[name] === undefined) continue;
    const message = "is not a known property: the command takes no fields";
    problems = addProblem(problems, `/${pointerToken(name)}`, "additionalProperties", message);
  }
  return problems;
}

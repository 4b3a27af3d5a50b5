import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, ModuleModel } from "../model/model.js";
import { isRecord } from "../schema/pointer.js";
import type { ValueProblem } from "../schema/value-checker.js";
import type { CommandExample, Json, JsonSchema } from "../spec-file/spec.js";
import type { SharedSchemas } from "./contract.js";
import { type Masked, maskNames, unmask } from "./masks.js";

/** Holds the examples of a module against the schemas of their commands. */
export async function checkExamples(
  module: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const command of module.commands) {
    for (const example of command.examples) found.push(...(await checkExample(command, example, shared)));
  }
  return found;
}

async function checkExample(
  command: CommandModel,
  example: CommandExample,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const { request, reply } = example;
  const report = (part: "request" | "reply", { pointer, message }: Finding): Diagnostic => {
    const locate = part === "request" ? example.locateRequest : example.locateReply;
    const subject = `the ${part} of this example of ${JSON.stringify(command.wireName)}`;
    return invalid(
      `${subject} does not fit: ${pointer || "it"} ${message}`,
      locate?.(pointer) ?? example.at,
      `change the example, or the schema of the ${part}`,
    );
  };
  if (!isRecord(request)) return [report("request", { pointer: "", message: "must be an object" })];
  const inRequest = await problemsOf(command.request, request, shared);
  if (reply === undefined) return inRequest.map((problem) => report("request", problem));
  const masked = unmask(reply);
  const inReply = (await problemsOf(command.reply, masked.value, shared)).filter(
    (problem) => !isExcused(problem, masked),
  );
  return [
    ...inRequest.map((problem) => report("request", problem)),
    ...masked.unknown.map(({ pointer, name }) =>
      invalid(
        `there is no mask { $any: ${name} }`,
        example.locateReply?.(pointer) ?? example.at,
        fixFor(name),
      ),
    ),
    ...inReply.map((problem) => report("reply", problem)),
  ];
}

type Finding = Pick<ValueProblem, "pointer" | "message">;

async function problemsOf(
  schema: JsonSchema | undefined,
  value: Json,
  shared: SharedSchemas,
): Promise<readonly ValueProblem[]> {
  return schema === undefined ? [] : shared.checker.check(schema, value);
}

/** A mask stands for a value that nobody knows: what depends on it cannot be told. */
function isExcused({ pointer, rule, schemaPath }: ValueProblem, { masks }: Masked): boolean {
  const isWithin = masks.some((mask) => pointer === mask || pointer.startsWith(`${mask}/`));
  const isAbove = masks.some((mask) => mask.startsWith(`${pointer}/`) || pointer === "");
  const depends = !certainRules.has(rule) || /\/(anyOf|oneOf|not|if|then|else|contains)\b/.test(schemaPath);
  return masks.length > 0 && (isWithin || (isAbove && depends));
}

/** What can be told of a value some parts of which are not known. */
const certainRules: ReadonlySet<string> = new Set([
  ...["type", "required", "additionalProperties", "minItems", "maxItems", "minProperties", "maxProperties"],
  ...["items", "dependentRequired"],
]);

const invalid = (message: string, at: Location, fix: string): Diagnostic => ({
  code: "invalid-example",
  severity: "error",
  message,
  fix,
  at,
});

function fixFor(name: string): string {
  const meant = suggest(name, maskNames);
  return meant === undefined ? `write one of ${maskNames.join(", ")}` : `write '${meant}'`;
}

import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, ModuleModel } from "../model/model.js";
import { isRecord } from "../schema/pointer.js";
import type { ValueProblem } from "../schema/value-checker.js";
import type { CommandExample, Json, JsonSchema } from "../spec-file/spec.js";
import type { SharedSchemas } from "./contract.js";
import { type Masked, maskNames, unmask } from "./masks.js";

/** Checks the examples of a module against the schemas of their commands. */
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
    const subject = `The ${part} of this example of ${JSON.stringify(command.wireName)}`;
    return problem("invalid-example", {
      message: `${subject} is invalid: ${pointer || "it"} ${message}.`,
      fix: `Change the example, or the schema of the ${part}.`,
      at: locate?.(pointer) ?? example.at,
    });
  };
  if (!isRecord(request)) return [report("request", { pointer: "", message: "must be an object" })];
  const inRequest = await problemsOf(command.request, request, shared);
  if (reply === undefined) return inRequest.map((each) => report("request", each));
  const masked = unmask(reply);
  const inReply = (await problemsOf(command.reply, masked.value, shared)).filter(
    (each) => !isExcused(each, masked),
  );
  return [
    ...inRequest.map((each) => report("request", each)),
    ...masked.unknown.map(({ pointer, name }) =>
      problem("invalid-example", {
        message: `Unknown mask { $any: ${name} }.`,
        fix: fixFor(name),
        at: example.locateReply?.(pointer) ?? example.at,
      }),
    ),
    ...inReply.map((each) => report("reply", each)),
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

/** Whether a problem depends on a mask: the masked value is unknown, so the problem is not certain. */
function isExcused({ pointer, rule, schemaPath }: ValueProblem, { masks }: Masked): boolean {
  const isWithin = masks.some((mask) => pointer === mask || pointer.startsWith(`${mask}/`));
  const isAbove = masks.some((mask) => mask.startsWith(`${pointer}/`) || pointer === "");
  const depends = !certainRules.has(rule) || /\/(anyOf|oneOf|not|if|then|else|contains)\b/.test(schemaPath);
  return masks.length > 0 && (isWithin || (isAbove && depends));
}

/** Rules that can be decided although parts of the value are unknown. */
const certainRules: ReadonlySet<string> = new Set([
  ...["type", "required", "additionalProperties", "minItems", "maxItems", "minProperties", "maxProperties"],
  ...["items", "dependentRequired"],
]);

function fixFor(name: string): string {
  const meant = suggest(name, maskNames);
  return meant === undefined ? `Use one of: ${maskNames.join(", ")}.` : `Write '${meant}'.`;
}

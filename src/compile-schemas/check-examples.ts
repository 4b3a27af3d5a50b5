import { type Diagnostic, type Location, problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, ModuleModel } from "../model/model.js";
import type { ValueProblem } from "../schema/value-checker.js";
import { isRecord } from "../spec-file/json.js";
import type { CommandExample, Json, JsonSchema } from "../spec-file/spec.js";
import type { SharedSchemas } from "./compile-schemas.js";
import { type Masked, maskNames, replaceMasks } from "./masks.js";

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
  const { request, reply, error } = example;
  const title = (part: string): string => `The ${part} of this example of '${command.wireName}'`;
  const locateRequest = example.locateRequest ?? (() => example.at);
  const inRequest: readonly Finding[] = isRecord(request)
    ? await findProblems(shared.readSentRequest(command), request, shared)
    : [{ pointer: "", message: "must be an object" }];
  const found = inRequest.map(({ pointer, message }) =>
    invalid(
      `${title("request")} is invalid: ${pointer || "it"} ${message}.`,
      locateRequest(pointer),
      command.takesNoFields
        ? "Describe the fields below `request:` of the command, or write `request: any`."
        : "Change the example, or the schema of the request.",
    ),
  );
  if (!isRecord(request)) return found;
  if (error !== undefined) return [...found, ...(await checkError(command, example, shared))];
  if (reply === undefined) return found;
  const use = { title: title("reply"), part: "reply", schema: command.reply };
  const locate = example.locateReply ?? (() => example.at);
  return [...found, ...(await checkMasked(reply, { ...use, locate }, shared))];
}

/** The error of an example must be one that the command declares, with details that fit. */
async function checkError(
  { wireName, errors }: CommandModel,
  { reply, error, at }: CommandExample,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  if (error === undefined) return [];
  const { code, details, locateDetails = () => code.at } = error;
  const title = `this example of '${wireName}'`;
  if (reply !== undefined) {
    return [invalid(`There is a reply and an error in ${title}.`, at, "Keep one of the two.")];
  }
  const declared = errors.find((one) => one.wireName === code.value);
  if (declared === undefined) {
    const suggestion = suggest(
      code.value,
      errors.map((one) => one.wireName),
    );
    const fix = suggestion === undefined ? "Add it to the command's `errors:`." : `Write '${suggestion}'.`;
    const message = `The error '${code.value}' of ${title} is not declared by the command.`;
    return [invalid(message, code.at, fix)];
  }
  if (details === undefined) return [];
  if (declared.details === undefined) {
    const message = `The error '${code.value}' of ${title} has details, but declares none.`;
    return [invalid(message, locateDetails(""), "Remove them, or declare `details:` of the error.")];
  }
  const use = { title: `The details of the error of ${title}`, part: "details", schema: declared.details };
  return checkMasked(details, { ...use, locate: locateDetails }, shared);
}

interface MaskedUse {
  readonly title: string;
  readonly part: string;
  readonly schema: JsonSchema | undefined;
  readonly locate: (pointer: string) => Location;
}

/** Checks a value that may have masks. */
async function checkMasked(
  value: Json,
  { title, part, schema, locate }: MaskedUse,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const masked = replaceMasks(value);
  const problems = (await findProblems(schema, masked.value, shared)).filter(
    (each) => !dependsOnMask(each, masked),
  );
  return [
    ...masked.unknown.map(({ pointer, name }) =>
      invalid(`Unknown mask { $any: ${name} }.`, locate(pointer), suggestMask(name)),
    ),
    ...problems.map(({ pointer, message }) =>
      invalid(
        `${title} is invalid: ${pointer || "it"} ${message}.`,
        locate(pointer),
        `Change the example, or the schema of the ${part}.`,
      ),
    ),
  ];
}

type Finding = Pick<ValueProblem, "pointer" | "message">;

async function findProblems(
  schema: JsonSchema | undefined,
  value: Json,
  shared: SharedSchemas,
): Promise<readonly ValueProblem[]> {
  return schema === undefined ? [] : shared.checker.check(schema, value);
}

/** Whether a problem depends on a mask: the masked value is unknown, so the problem is not certain. */
function dependsOnMask({ pointer, rule, schemaPath }: ValueProblem, { masks }: Masked): boolean {
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

const invalid = (message: string, at: Location, fix: string): Diagnostic =>
  problem("invalid-example", { message, fix, at });

function suggestMask(name: string): string {
  const suggestion = suggest(name, maskNames);
  return suggestion === undefined ? `Use one of: ${maskNames.join(", ")}.` : `Write '${suggestion}'.`;
}

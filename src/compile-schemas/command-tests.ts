import type { CommandModel, ModuleModel } from "../model/model.js";
import type { Sample } from "../schema/sample/sample-state.js";
import { invalidSamples, sampleValue } from "../schema/sample/sample-value.js";
import { isRecord } from "../spec-file/json.js";
import type { CommandExample, Json, JsonObject, JsonSchema } from "../spec-file/spec.js";
import type { CommandTest, SharedSchemas } from "./compile-schemas.js";

/** The tests of a module's commands: their examples, or a request that matches its schema and one that does not. */
export async function createCommandTests(
  module: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly CommandTest[]> {
  const tests: CommandTest[] = [];
  for (const command of module.commands) {
    tests.push(...(command.examples.length > 0 ? testExamples(command) : await testSamples(command, shared)));
  }
  return tests;
}

const testExamples = (command: CommandModel): readonly CommandTest[] =>
  command.examples.flatMap((example, index) => {
    const source = command.examples.length === 1 ? "its example" : `its example ${index + 1}`;
    return exampleTest(command, example, source) ?? [];
  });

/** Undefined: what the example expects is not sent, so there is nothing to compare. */
function exampleTest(
  { wireName, sends }: CommandModel,
  { request, reply, error }: CommandExample,
  source: string,
): CommandTest | undefined {
  const own = { command: wireName, source, request };
  if (error !== undefined) {
    const expected = {
      code: error.code.value,
      ...(error.details !== undefined && { details: error.details }),
    };
    return sends.errors ? { ...own, kind: "failure", error: expected } : undefined;
  }
  if (!sends.reply) return undefined;
  return reply === undefined ? { ...own, kind: "answer" } : { ...own, kind: "example", reply };
}

async function testSamples(command: CommandModel, shared: SharedSchemas): Promise<readonly CommandTest[]> {
  const { wireName, takesNoFields, sends } = command;
  const request = shared.readSentRequest(command) ?? {};
  const valid = await findValidRequest(request, shared);
  // Without a value checker, whose loading takes time.
  const invalid = takesNoFields ? surplus : await findInvalidRequest(request, valid ?? {}, shared);
  const tests: CommandTest[] = [];
  if (sends.reply) {
    const own = { command: wireName, source: "a valid request" };
    tests.push(
      valid === undefined
        ? { ...own, kind: "todo", request: {} }
        : { ...own, kind: "answer", request: valid },
    );
  }
  if (invalid !== undefined && sends.errors) {
    tests.push({ command: wireName, kind: "refusal", source: "an invalid request", request: invalid });
  }
  return tests;
}

const attempts = 4;

/** Finds an object that fits the schema and can be sent; undefined if none could be made. */
export async function findValidRequest(
  schema: JsonSchema,
  shared: SharedSchemas,
  canBeSent: (fields: JsonObject) => boolean = () => true,
): Promise<JsonObject | undefined> {
  if (schema === true || isEmptySchema(schema)) return {};
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const sample = sampleValue(schema, { follow: shared.follow, attempt });
    if (!isRecord(sample?.value) || !canBeSent(sample.value)) continue;
    if (await isValid(sample, schema, shared)) return sample.value;
  }
  return undefined;
}

/** Finds a value of any kind that fits the schema; undefined if none could be made, and null without a schema. */
export async function findSample(
  schema: JsonSchema | null,
  shared: SharedSchemas,
): Promise<Json | undefined> {
  if (schema === null || schema === true || isEmptySchema(schema)) return null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const sample = sampleValue(schema, { follow: shared.follow, attempt });
    if (sample !== undefined && (await isValid(sample, schema, shared))) return sample.value;
  }
  return undefined;
}

const isEmptySchema = (schema: JsonSchema): boolean =>
  typeof schema === "object" && Object.keys(schema).length === 0;

const surplus: JsonObject = { unexpected: true };

async function findInvalidRequest(
  schema: JsonSchema,
  valid: JsonObject,
  shared: SharedSchemas,
): Promise<JsonObject | undefined> {
  for (const sample of invalidSamples(schema, valid, { follow: shared.follow, attempt: 0 })) {
    if (!isRecord(sample.value)) continue;
    if (sample.isCertain || !(await isValid(sample, schema, shared))) return sample.value;
  }
  return undefined;
}

async function isValid(
  { value, isCertain }: Sample,
  schema: JsonSchema,
  shared: SharedSchemas,
): Promise<boolean> {
  return isCertain || (await shared.checker.check(schema, value)).length === 0;
}

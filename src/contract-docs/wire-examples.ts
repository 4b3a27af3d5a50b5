import { findSample, findValidRequest } from "../compile-schemas/command-tests.js";
import type { SharedSchemas } from "../compile-schemas/compile-schemas.js";
import { replaceMasks } from "../compile-schemas/masks.js";
import type { CommandModel, ErrorModel, EventModel, ModuleModel } from "../model/model.js";
import { isRecord } from "../spec-file/json.js";
import type { CommandExample, Json, JsonObject } from "../spec-file/spec.js";
import type { ExampleDoc } from "./contract-document.js";

/** The examples of a command as messages in the envelope of its module: those of the spec, or the sample that its test sends. */
export async function showCommandExamples(
  command: CommandModel,
  { envelope }: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly ExampleDoc[]> {
  const { examples, wireName } = command;
  const { command: commandField = "command", correlation = "id" } = envelope;
  const head = { [commandField]: wireName, [correlation]: 1 };
  const all = examples.length > 0 ? examples : await makeExample(command, shared);
  const shown = await Promise.all(
    all.map(async ({ request, reply, error }) => [
      { from: "client", json: print({ ...head, ...(isRecord(request) ? request : {}) }) } as const,
      ...(await answer(command, { head, reply, error }, shared)),
    ]),
  );
  return shown.map((messages, index) => ({
    title: shown.length === 1 ? "Example" : `Example ${index + 1}`,
    messages,
  }));
}

type Example = Pick<CommandExample, "request" | "reply"> & {
  readonly error?: CommandExample["error"] | undefined;
};

async function makeExample(command: CommandModel, shared: SharedSchemas): Promise<readonly Example[]> {
  const request = await findValidRequest(shared.readSentRequest(command) ?? true, shared);
  return request === undefined ? [] : [{ request, reply: undefined }];
}

/** What the server answers; nothing if it sends no replies, or if no reply could be made. */
async function answer(
  command: CommandModel,
  { head, reply, error }: { readonly head: JsonObject } & Omit<Example, "request">,
  shared: SharedSchemas,
): Promise<ExampleDoc["messages"]> {
  if (error !== undefined) {
    const declared = command.errors.find(({ wireName }) => wireName === error.code.value);
    if (!command.sends.errors || declared === undefined) return [];
    return [
      { from: "server", json: print({ ...head, error: await errorBody(declared, error.details, shared) }) },
    ];
  }
  if (!command.sends.reply) return [];
  const data =
    reply === undefined ? await findSample(command.reply ?? null, shared) : replaceMasks(reply).value;
  return data === undefined ? [] : [{ from: "server", json: print({ ...head, data }) }];
}

/** The error as clients get it, with details of its example, or a sample of them. */
async function errorBody(
  { wireName, description, details: schema, retry }: ErrorModel,
  details: Json | undefined,
  shared: SharedSchemas,
): Promise<JsonObject> {
  const shown =
    details === undefined ? schema && (await findSample(schema, shared)) : replaceMasks(details).value;
  return {
    code: wireName,
    message: description.replace(/\s+/g, " ").trim() || wireName,
    ...(shown !== undefined && { details: shown }),
    ...(retry !== undefined && { retry }),
  };
}

/** An error as its message, with samples of its details. */
export async function showErrorExample(
  error: ErrorModel,
  shared: SharedSchemas,
): Promise<readonly ExampleDoc[]> {
  const body = await errorBody(error, undefined, shared);
  return [{ title: "Example", messages: [{ from: "server", json: print({ error: body }) }] }];
}

/** An event as its message; a replayed one has its place in its stream beside the data. */
export async function showEventExample(
  { wireName, data: schema }: EventModel,
  shared: SharedSchemas,
): Promise<readonly ExampleDoc[]> {
  const data = schema === undefined ? null : await findSample(schema, shared);
  if (data === undefined) return [];
  return [{ title: "Example", messages: [{ from: "server", json: print({ event: wireName, data }) }] }];
}

/** The width of the lines of an example, if it can be kept. */
const width = 76;

/** JSON in one line; what is too long for it is broken into one line for each member. */
function print(value: Json, indent = "", taken = 0): string {
  const flat = JSON.stringify(value);
  if (indent.length + taken + flat.length <= width || typeof value !== "object" || value === null)
    return flat;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value).map(([name, member]) => {
    const head = isList ? "" : `${JSON.stringify(name)}: `;
    return `${inner}${head}${print(member, inner, head.length)}`;
  });
  const [open, close] = isList ? "[]" : "{}";
  return members.length === 0 ? flat : `${open}\n${members.join(",\n")}\n${indent}${close}`;
}

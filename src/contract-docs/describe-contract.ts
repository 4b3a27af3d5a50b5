import { type CompiledSchemas, SharedSchemas } from "../compile-schemas/compile-schemas.js";
import type { Model, SchemaModel } from "../model/model.js";
import { TypeScope } from "../render/encoders.js";
import { toRecord } from "../spec-file/json.js";
import { Anchors } from "./anchors.js";
import type { ContractDocument, SchemaDoc } from "./contract-document.js";
import { describeModule } from "./describe-module.js";
import { ShapeWriter } from "./describe-shape.js";
import { readTexts } from "./list-fields.js";

/** Describes the contract of a project for readers. Same model, same document. */
export async function describeContract(model: Model, compiled: CompiledSchemas): Promise<ContractDocument> {
  const anchors = new Anchors();
  const modules = model.modules.map((module) => ({ module, anchor: anchors.claim(module.wireName) }));
  const schemas = new Map(
    model.schemas.map((schema) => [schema, anchors.claim("schemas", schema.typeName)] as const),
  );
  const shapes = new ShapeWriter(model.schemas, schemas);
  const scope = { model, compiled, anchors, shapes, shared: new SharedSchemas(model) };
  return {
    name: model.name,
    description: model.description,
    modules: await Promise.all(modules.map(({ module, anchor }) => describeModule(module, anchor, scope))),
    schemas: [...schemas].map(([schema, anchor]) => describeSchema(schema, anchor, { model, shapes })),
    runtimeErrors,
  };
}

function describeSchema(
  schema: SchemaModel,
  anchor: string,
  { model, shapes }: { readonly model: Model; readonly shapes: ShapeWriter },
): SchemaDoc {
  return {
    anchor,
    name: schema.typeName,
    from: schema.from ?? "",
    description: readTexts(toRecord(schema.schema)),
    shape: shapes.describe(schema.schema, new TypeScope(model).schema(schema), "any value"),
  };
}

/** The errors of the runtime that an answer to a message can have: see docs/protocol.md. */
const runtimeErrors = [
  ["invalid_message", "The message is not JSON, is not an object, or does not name a command."],
  ["unknown_command", "The module has no command with this name."],
  ["invalid_request", "The fields break the schema of the request; details lists every problem."],
  ["access_denied", "A guard refused the message."],
  ["failed", "The command failed in a way that the contract does not describe."],
  ["timeout", "The command took too long."],
  ["rate_limited", "The client sent more messages than the module allows."],
] as const;

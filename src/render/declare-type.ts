import type { Model } from "../model/model.js";
import { docComment } from "../schema/encode.js";
import { typeDeclaration } from "../schema/type-text.js";
import type { JsonSchema } from "../spec/spec.js";

/** The shared schemas that a generated file can name, and those that it did name so far. */
export interface SchemaReferences {
  readonly model: Model;
  readonly used: Set<string>;
}

interface Declaration {
  readonly name: string;
  readonly schema: JsonSchema | undefined;
  /** The type where the spec gives no schema. */
  readonly absent: string;
  readonly description: string;
}

const sharedPrefix = "#/schemas/";

/** An exported type of a generated file, from its schema. */
export function declareType(references: SchemaReferences, declaration: Declaration): string {
  const { name, schema, absent, description } = declaration;
  if (schema === undefined) return `${docComment([description])}export type ${name} = ${absent};\n`;
  const refs = (pointer: string): string | undefined => {
    const shared = references.model.schemas.find(({ wireName }) => pointer === sharedPrefix + wireName);
    if (shared !== undefined) references.used.add(shared.typeName);
    return shared?.typeName;
  };
  return typeDeclaration({ name, schema, description, refs });
}

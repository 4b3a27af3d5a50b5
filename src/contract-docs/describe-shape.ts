import type { SchemaModel } from "../model/model.js";
import { isNote } from "../schema/keywords.js";
import { sharedPointer } from "../schema/reference.js";
import type { JsonSchema } from "../spec-file/spec.js";
import type { ShapeDoc, TypePiece } from "./contract-document.js";
import { describeRules, type FieldScope, listFields, printFieldType } from "./list-fields.js";

/** Describes schemas, with links to the shared ones. */
export class ShapeWriter {
  readonly #shared: ReadonlyMap<string, SchemaModel>;
  /** The anchors of shared schemas by the names of their types. */
  readonly #anchors: ReadonlyMap<string, string>;

  constructor(schemas: readonly SchemaModel[], anchors: ReadonlyMap<SchemaModel, string>) {
    this.#shared = new Map(schemas.map((schema) => [sharedPointer(schema.wireName), schema]));
    this.#anchors = new Map([...anchors].map(([{ typeName }, anchor]) => [typeName, anchor]));
  }

  /**
   * @param declaration the type's declaration in TypeScript
   * @param absent what it is without a schema: `any value`
   */
  describe(schema: JsonSchema | undefined, declaration: string, absent: string): ShapeDoc {
    if (schema === undefined || schema === true) return sentence(absent);
    const scope: FieldScope = {
      root: schema,
      shared: (pointer) => this.#shared.get(pointer),
      link: (type) => this.link(type),
    };
    const fields = listFields(schema, scope);
    const type = printFieldType(schema, scope);
    const isObject = type.length === 1 && type[0]?.text === "object";
    if (fields.length === 0 && isClosed(schema)) return sentence("no fields");
    const isLink = type.length === 1 && type[0]?.anchor !== "";
    return {
      words: "",
      summary: isObject && fields.length > 0 ? [] : type,
      rules: describeRules(schema),
      fields,
      declaration: isLink ? [] : this.link(declaration.trim()),
    };
  }

  /** Splits a text of TypeScript at the names of shared schemas. Strings in it are not names. */
  link(type: string): readonly TypePiece[] {
    const pieces: TypePiece[] = [];
    let plain = "";
    for (const [token] of type.matchAll(tokens)) {
      const anchor = this.#anchors.get(token);
      if (anchor === undefined) plain += token;
      else {
        if (plain !== "") pieces.push({ text: plain, anchor: "" });
        pieces.push({ text: token, anchor });
        plain = "";
      }
    }
    return plain === "" ? pieces : [...pieces, { text: plain, anchor: "" }];
  }
}

/** Strings and comments, names, and all else one by one. */
const tokens = /"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|[\p{ID_Start}$_][\p{ID_Continue}$]*|[\s\S]/gu;

const sentence = (words: string): ShapeDoc => ({
  words,
  summary: [],
  rules: [],
  fields: [],
  declaration: [],
});

/** True for an object that has no fields at all. */
const isClosed = (schema: JsonSchema): boolean =>
  typeof schema === "object" &&
  schema.type === "object" &&
  schema.additionalProperties === false &&
  Object.keys(schema).every((keyword) => isNote(keyword) || closedKeywords.has(keyword));

const closedKeywords = new Set(["type", "additionalProperties", "properties", "required"]);

import type { ErrorObject, ValidateFunction } from "ajv";
import { escapeToken } from "../spec-file/json.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";
import { affordableLength } from "./check-patterns.js";
import { schemasIn } from "./keywords.js";
import type { judgePattern } from "./pattern/judge-pattern.js";
import { readReference, sharedPointer } from "./reference.js";

/** One thing that is wrong with a value. */
export interface ValueProblem {
  /** JSON Pointer (RFC 6901) within the value; for a property that is not allowed, that of the property. */
  readonly pointer: string;
  /** The keyword that the value breaks. */
  readonly rule: string;
  /** The place of that keyword in the schema, as a path of keywords. */
  readonly schemaPath: string;
  /** The end of a sentence that begins with the value. */
  readonly message: string;
}

/** Checks values of the spec itself against its schemas, while wsgen runs. */
export interface ValueChecker {
  /** The problems of a value; empty if it is valid. `schema` was checked before, as by `compileValidators`. */
  check(schema: JsonSchema, value: Json): Promise<readonly ValueProblem[]>;
}

/**
 * Checks values with Ajv, which is loaded for the first value: it takes a tenth of a second.
 * @param shared the shared schemas by their names
 */
export function createValueChecker(shared: ReadonlyMap<string, JsonSchema>): ValueChecker {
  let findProblems: Promise<FindProblems> | undefined;
  const isShared = [...shared.values()].some(hasPatterns);
  return {
    async check(schema, value) {
      // It was loaded when the schemas were checked.
      if (isShared || hasPatterns(schema))
        patternJudge = (await import("./pattern/judge-pattern.js")).judgePattern;
      findProblems ??= loadAjv(shared);
      return (await findProblems)(schema, value);
    },
  };
}

const hasPatterns = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('"pattern');

let patternJudge: typeof judgePattern | undefined;

/** Ajv runs the pattern of a text that is longer than its maxLength, too; here it does not match. */
function affordableRegExp(pattern: string, flags: string) {
  const regExp = new RegExp(pattern, flags);
  const cost = patternJudge?.(pattern);
  const most = cost?.kind === "polynomial" ? affordableLength(cost.degree) : Number.POSITIVE_INFINITY;
  // Ajv distinguishes patterns by their text.
  return { test: (text: string) => text.length <= most && regExp.test(text), toString: () => String(regExp) };
}

type FindProblems = (schema: JsonSchema, value: Json) => readonly ValueProblem[];

async function loadAjv(shared: ReadonlyMap<string, JsonSchema>): Promise<FindProblems> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const formats = (await import("ajv-formats")).default as unknown as (ajv: object) => void;
  const ajv = new Ajv2020({
    ...{ strict: false, allErrors: true, ownProperties: true },
    // The schemas were checked already, and the schema of schemas takes long to compile.
    ...{ meta: false, validateSchema: false, logger: false },
    code: { regExp: Object.assign(affordableRegExp, { code: "new RegExp" }) },
  });
  formats(ajv);
  // Ajv has it as a note.
  ajv.removeKeyword("contentEncoding");
  ajv.addKeyword({
    keyword: "contentEncoding",
    type: "string",
    errors: false,
    validate: (encoding: Json, value: string) => encoding !== "base64" || isBase64(value),
  });
  for (const [name, schema] of shared) ajv.addSchema(toAjv(schema), sharedId(sharedPointer(name)));
  const compiled = new Map<JsonSchema, ValidateFunction>();
  return (schema, value) => {
    const validate = compiled.get(schema) ?? ajv.compile(toAjv(schema));
    compiled.set(schema, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(toProblem);
  };
}

/** RFC 4648 §4, with padding and without anything else: the same text as the runtime accepts. */
const isBase64 = (text: string): boolean => Buffer.from(text, "base64").toString("base64") === text;

const sharedId = (pointer: string): string => `wsgen:${encodeURIComponent(pointer)}`;

/** The schema with references that Ajv can follow: those to shared schemas become ids. */
function toAjv(root: JsonSchema): JsonSchema {
  if (typeof root !== "object") return root;
  const copy = structuredClone(root) as Record<string, unknown>;
  for (const { schema } of schemasIn(copy as JsonSchema)) {
    if (typeof schema !== "object" || typeof schema.$ref !== "string") continue;
    const reference = readReference(schema.$ref, root);
    if (reference.kind === "shared") (schema as Record<string, unknown>).$ref = sharedId(reference.pointer);
    if (reference.kind === "self") (schema as Record<string, unknown>).$ref = encodeURI(reference.pointer);
  }
  delete copy.$schema;
  return copy as JsonSchema;
}

function toProblem({
  instancePath,
  keyword,
  schemaPath,
  params,
  message = "is invalid",
}: ErrorObject): ValueProblem {
  const surplus: unknown = params.additionalProperty ?? params.unevaluatedProperty;
  const text =
    typeof surplus === "string"
      ? "is not a known property"
      : keyword === "enum"
        ? `must be one of ${JSON.stringify(params.allowedValues).slice(1, -1)}`
        : keyword === "contentEncoding"
          ? "must be base64 with padding"
          : message;
  const pointer = typeof surplus === "string" ? `${instancePath}/${escapeToken(surplus)}` : instancePath;
  return { pointer, rule: keyword, schemaPath, message: text };
}

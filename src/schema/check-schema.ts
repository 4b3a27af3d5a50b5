/** What is refused before a schema is compiled: what the validators would not hold, or could not hold in time. */
import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { Json, JsonSchema } from "../spec/spec.js";
import { literal } from "./encode.js";
import type { PatternCost } from "./pattern/judge-pattern.js";
import { escapeToken, isRecord, schemaAt } from "./pointer.js";
import { readReference } from "./reference.js";
import { subschemas } from "./subschemas.js";
import { isKnownFormat, knownFormats } from "./validate/formats.js";

/** A schema as it is checked: what it is, and where its parts stand in the spec. */
export interface CheckInput {
  readonly schema: JsonSchema;
  /** Where the value at a JSON Pointer within the schema stands. */
  readonly locate?: (pointer: string) => Location | undefined;
}

export interface CheckContext {
  readonly isShared: (pointer: string) => boolean;
  readonly judgePattern: (pattern: string) => PatternCost;
}

/** A schema with more subschemas, or deeper ones, would give code that nobody can compile. */
const maxSubschemas = 20_000;
const maxDepth = 64;

const dialect = "https://json-schema.org/draft/2020-12/schema";

const unsupported = new Map([
  ["$dynamicRef", "use $ref"],
  ["$dynamicAnchor", "use $anchor, or a shared schema"],
  ["$recursiveRef", "use $ref"],
  ["$recursiveAnchor", "use $anchor, or a shared schema"],
  ["$vocabulary", "remove it"],
]);

interface Visit {
  readonly schema: JsonSchema;
  readonly pointer: string;
  readonly depth: number;
}

/** Everything that is wrong with one schema, in the order of its text. */
export function checkSchema(input: CheckInput, context: CheckContext): readonly Diagnostic[] {
  const check = new SchemaCheck(input, context);
  const open: Visit[] = [{ schema: input.schema, pointer: "", depth: 0 }];
  let count = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    count += 1;
    if (at.depth > maxDepth || count > maxSubschemas) {
      check.refuse(
        at.pointer,
        "the schema is too large or nested too deeply",
        "split it into shared schemas",
      );
      break;
    }
    check.visit(at);
    const { pointer, depth } = at;
    const children = subschemas(at.schema).map(({ schema, tokens }): Visit => {
      return { schema, pointer: `${pointer}/${tokens.map(escapeToken).join("/")}`, depth: depth + 1 };
    });
    open.push(...children.reverse());
  }
  return check.found;
}

class SchemaCheck {
  readonly found: Diagnostic[] = [];

  constructor(
    readonly input: CheckInput,
    readonly context: CheckContext,
  ) {}

  refuse(pointer: string, message: string, fix: string): void {
    this.#add("invalid-schema", pointer, { message, fix });
  }

  visit({ schema, pointer }: Visit): void {
    if (typeof schema !== "object") return;
    for (const [keyword, fix] of unsupported) {
      if (schema[keyword] !== undefined)
        this.refuse(`${pointer}/${keyword}`, `${keyword} is not supported`, fix);
    }
    if (schema.$id !== undefined && pointer !== "") {
      this.refuse(`${pointer}/$id`, "$id is not supported within a schema", "use a shared schema");
    }
    if (schema.$schema !== undefined && schema.$schema !== dialect) {
      this.refuse(
        `${pointer}/$schema`,
        `the dialect ${text(schema.$schema)} is not supported`,
        `write ${dialect}`,
      );
    }
    this.#visitReference(schema.$ref, `${pointer}/$ref`);
    this.#visitFormat(schema.format, `${pointer}/format`);
    const limit = typeof schema.maxLength === "number" ? schema.maxLength : undefined;
    const isTrusted = schema["x-trusted-pattern"] === true;
    this.#visitPattern(schema.pattern, `${pointer}/pattern`, { limit, isTrusted });
    for (const pattern of isRecord(schema.patternProperties) ? Object.keys(schema.patternProperties) : []) {
      this.#visitPattern(pattern, `${pointer}/patternProperties/${escapeToken(pattern)}`);
    }
    this.#visitNumbers(schema, pointer);
  }

  #visitReference(ref: Json | undefined, pointer: string): void {
    if (typeof ref !== "string") return;
    const root = this.input.schema;
    const reference = readReference(ref, root);
    const fix = "write '#/schemas/Name' for a shared schema, '#/$defs/Name' for one of this schema's own";
    const start = `the reference ${text(ref)}`;
    if (reference.kind === "unsupported") {
      this.#add("unknown-reference", pointer, {
        message: `${start} is not followed: ${reference.reason}`,
        fix,
      });
      return;
    }
    const isKnown =
      reference.kind === "shared"
        ? this.context.isShared(reference.pointer)
        : schemaAt(root, reference.tokens) !== undefined;
    if (!isKnown) this.#add("unknown-reference", pointer, { message: `${start} points at nothing`, fix });
  }

  #visitFormat(format: Json | undefined, pointer: string): void {
    if (typeof format !== "string" || isKnownFormat(format)) return;
    const meant = suggest(format, knownFormats());
    const fix = meant === undefined ? `write one of ${knownFormats().join(", ")}` : `did you mean ${meant}?`;
    this.refuse(pointer, `the format ${text(format)} is not known`, fix);
  }

  /** @param use absent for a pattern of names, which have no maxLength */
  #visitPattern(pattern: Json | undefined, pointer: string, use?: PatternUse): void {
    if (typeof pattern !== "string") return;
    const problem = patternProblem(this.context.judgePattern(pattern), use);
    if (problem === undefined) return;
    this.refuse(pointer, `the pattern ${text(pattern)} ${problem.message}`, problem.fix);
  }

  #visitNumbers(schema: { readonly [keyword: string]: Json }, pointer: string): void {
    for (const keyword of ["const", "enum", "default", "examples", "minimum", "maximum", "multipleOf"]) {
      if (isJson(schema[keyword] ?? null)) continue;
      this.refuse(
        `${pointer}/${keyword}`,
        `${keyword} holds a number that JSON does not have`,
        "write a finite number",
      );
    }
  }

  #add(code: "invalid-schema" | "unknown-reference", pointer: string, { message, fix }: Finding): void {
    const at = this.input.locate?.(pointer);
    const place = at === undefined && pointer !== "" ? ` (at ${pointer})` : "";
    this.found.push({ code, severity: "error", message: message + place, fix, ...(at && { at }) });
  }
}

interface Finding {
  readonly message: string;
  readonly fix: string;
}

interface PatternUse {
  /** The most characters of a text on which it runs: `maxLength`. */
  readonly limit: number | undefined;
  readonly isTrusted: boolean;
}

/** Steps that one test of a pattern may take: some milliseconds. */
const affordableSteps = 1_000_000;

/** The most characters of a text on which a pattern of such a cost may run. */
export const affordableLength = (degree: number): number =>
  degree <= 1 ? Number.POSITIVE_INFINITY : Math.floor(affordableSteps ** (1 / degree) + 1e-6);

/** Why a pattern must not be run on what clients send, as the end of a sentence that begins with it. */
function patternProblem(cost: PatternCost, use: PatternUse | undefined): Finding | undefined {
  if (cost.kind === "invalid") return { message: cost.reason, fix: "correct it; it has the u flag" };
  const rewrite = "write it so that it can match in one way only";
  if (cost.kind === "polynomial") {
    const { degree } = cost;
    const affordable = affordableLength(degree);
    if (degree <= 1 || isWithin(use, affordable)) return undefined;
    const power = ["quadratic", "cubic"][degree - 2];
    const message = power
      ? `can take ${power} time`
      : `can take time of the length to the power of ${degree}`;
    return {
      message,
      fix: use ? `add maxLength: ${affordable} or less, or ${rewrite}; ${trustWith(use)}` : rewrite,
    };
  }
  if (use?.isTrusted && use.limit !== undefined) return undefined;
  const message =
    cost.kind === "unknown"
      ? cost.reason
      : "can take exponential time: some text can be read by it in too many ways";
  return { message, fix: use ? `${rewrite}; ${trustWith(use)}` : rewrite };
}

const isWithin = (use: PatternUse | undefined, affordable: number): boolean =>
  use?.limit !== undefined && (use.isTrusted || use.limit <= affordable);

const trustWith = ({ isTrusted }: PatternUse): string =>
  isTrusted
    ? "a trusted pattern needs a maxLength"
    : "if you know that it is fast, add x-trusted-pattern: true and a maxLength";

const text = (value: Json): string => (typeof value === "string" ? literal(value) : JSON.stringify(value));

function isJson(value: Json): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isJson);
}

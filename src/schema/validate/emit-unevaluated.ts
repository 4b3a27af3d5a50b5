import { isSchema } from "../../spec-file/json.js";
import type { JsonSchema } from "../../spec-file/spec.js";
import { literal } from "../encode.js";
import { type Keywords, readNamedSchemas, readSchemas } from "../keywords.js";
import { block, ifElse, type Lines, type ValueLocation } from "./code-lines.js";
import { emitItemLoop } from "./emit-array.js";
import { emitPropertyLoop, printCoveredTest } from "./emit-object.js";
import type { Emitter } from "./function-scope.js";

/** `unevaluatedProperties` and `unevaluatedItems`. */
export const emitUnevaluated = (schema: Keywords, place: ValueLocation, emitter: Emitter): Lines => [
  ...emitUnevaluatedProperties(schema, place, emitter),
  ...emitUnevaluatedItems(schema, place, emitter),
];

function emitUnevaluatedProperties(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const rest = schema.unevaluatedProperties;
  if (!isSchema(rest) || rest === true) return [];
  const { scope } = emitter;
  let before: Lines = [];
  const loop = emitPropertyLoop(place, scope, (key, property) => {
    const covered = findCoverage(schema, place.value, { key }, emitter);
    before = covered.before;
    const failure = () => [scope.fail(property, "unevaluatedProperties", "is not a known property")];
    return emitWhereUncovered(covered.test, rest === false ? failure : () => emitter.emit(rest, property));
  });
  return loop.length === 0
    ? []
    : [...before, ...block(`if (${scope.helper("isObject")}(${place.value}))`, loop)];
}

function emitWhereUncovered(isCovered: string, checksOf: () => Lines): Lines {
  if (isCovered === "true") return [];
  return isCovered === "false" ? checksOf() : ifElse(isCovered, [], checksOf());
}

function emitUnevaluatedItems(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const rest = schema.unevaluatedItems;
  if (!isSchema(rest) || rest === true) return [];
  const { scope } = emitter;
  let before: Lines = [];
  const loop = emitItemLoop(place, { emitter, first: 0 }, (item) => {
    const index = item.path.flatMap((part) => ("code" in part ? [part.code] : [])).at(-1) ?? "";
    const covered = findCoverage(schema, place.value, { index, item: item.value }, emitter);
    before = covered.before;
    const failure = () => [scope.fail(item, "unevaluatedItems", "is not a known item")];
    return emitWhereUncovered(covered.test, rest === false ? failure : () => emitter.emit(rest, item));
  });
  return loop.length === 0
    ? []
    : [...before, ...block(`if (${scope.helper("isArray")}(${place.value}))`, loop)];
}

/** A property by the variable of its name, or an item by those of its position and its value. */
type Part = { readonly key: string } | { readonly index: string; readonly item: string };

interface Coverage {
  /** The statements before the loop over the parts. */
  readonly before: Lines;
  /** The expression that is true for a part that is covered. */
  readonly test: string;
}

/** The code of a schema would be too large. */
export class TooComplex extends Error {}

/** Schemas that cover more than this many times are refused: their code would be too large. */
const maxVisits = 2_000;

/**
 * The test for a property or item that other keywords cover. A schema that covers only if it matches
 * (a branch of `anyOf`, `then`) is tested once for the value, not for every part.
 * @throws {TooComplex} for schemas whose references multiply.
 */
function findCoverage(schema: Keywords, value: string, part: Part, emitter: Emitter): Coverage {
  const walk = new CoverageWalk(value, part);
  walk.inside(schema, [], emitter);
  return {
    before: walk.before,
    test: walk.tests.includes("true") ? "true" : walk.tests.join(" || ") || "false",
  };
}

class CoverageWalk {
  readonly before: string[] = [];
  readonly tests: string[] = [];
  #visits = 0;

  constructor(
    readonly value: string,
    readonly part: Part,
  ) {}

  /** A schema that applies if all conditions are met. */
  #visit(schema: JsonSchema, conditions: readonly string[], emitter: Emitter): void {
    this.#visits += 1;
    if (this.#visits > maxVisits) throw new TooComplex();
    if (typeof schema !== "object") return;
    const rest = "key" in this.part ? schema.unevaluatedProperties : schema.unevaluatedItems;
    if (isSchema(rest)) this.#add("true", conditions);
    else this.inside(schema, conditions, emitter);
  }

  /** The parts that a schema covers, without its own `unevaluated…`. */
  inside(schema: Keywords, conditions: readonly string[], emitter: Emitter): void {
    for (const test of listOwnCoverage(schema, this.part, emitter)) this.#add(test, conditions);
    if (typeof schema.$ref === "string") {
      const target = emitter.scope.resolve(schema.$ref);
      this.#visit(target.schema, conditions, emitter.within(target.unit));
    }
    for (const branch of readSchemas(schema.allOf)) this.#visit(branch, conditions, emitter);
    for (const branch of [...readSchemas(schema.anyOf), ...readSchemas(schema.oneOf)]) {
      this.#visitIf(() => emitter.test(branch, this.value), branch, { conditions, emitter });
    }
    this.#visitConditional(schema, conditions, emitter);
    for (const [name, child] of readNamedSchemas(schema.dependentSchemas)) {
      const test = () => `${emitter.scope.helper("hasProperty")}(${this.value}, ${literal(name)})`;
      this.#visitIf(test, child, { conditions, emitter });
    }
  }

  #visitConditional(schema: Keywords, conditions: readonly string[], emitter: Emitter): void {
    const { if: test, then: consequent = true, else: alternative = true } = schema;
    if (!isSchema(test) || !isSchema(consequent) || !isSchema(alternative)) return;
    const both: JsonSchema = { allOf: [test, consequent] };
    this.#visitIf(() => emitter.test(test, this.value), both, { conditions, emitter });
    this.#visitIf(() => `!(${emitter.test(test, this.value)})`, alternative, { conditions, emitter });
  }

  /** Adds the condition only if the schema that depends on it covers anything. */
  #visitIf(test: () => string, schema: JsonSchema, { conditions, emitter }: VisitContext): void {
    const name = emitter.scope.variable("matched");
    const count = this.tests.length;
    const place = this.before.length;
    this.#visit(schema, [...conditions, name], emitter);
    if (this.tests.length > count) this.before.splice(place, 0, `const ${name} = ${test()};`);
  }

  #add(test: string, conditions: readonly string[]): void {
    const all = test === "true" && conditions.length > 0 ? conditions : [...conditions, grouped(test)];
    this.tests.push(all.length === 1 ? (all[0] ?? "") : `(${all.join(" && ")})`);
  }
}

interface VisitContext {
  readonly conditions: readonly string[];
  readonly emitter: Emitter;
}

const grouped = (test: string): string => (test.includes(" ") ? `(${test})` : test);

function listOwnCoverage(schema: Keywords, part: Part, emitter: Emitter): readonly string[] {
  if ("key" in part) {
    if (isSchema(schema.additionalProperties)) return ["true"];
    const test = printCoveredTest(schema, part.key, emitter.scope);
    return test === undefined ? [] : [test];
  }
  if (isSchema(schema.items)) return ["true"];
  const first = readSchemas(schema.prefixItems).length;
  return [
    ...(first > 0 ? [`${part.index} < ${first}`] : []),
    ...(isSchema(schema.contains) ? [emitter.test(schema.contains, part.item)] : []),
  ];
}

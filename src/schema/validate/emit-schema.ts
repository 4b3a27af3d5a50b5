import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { hasKind, isAssertion, isBytesSchema, type Keywords, sameValue } from "../keywords.js";
import { block, ifElse, type Lines, negated, pathCode, uses, type ValueLocation } from "./code-lines.js";
import { emitArray } from "./emit-array.js";
import { emitCombinations } from "./emit-choice.js";
import { emitObject } from "./emit-object.js";
import { emitUnevaluated } from "./emit-unevaluated.js";
import {
  emitBytes,
  emitConstants,
  emitNumber,
  emitString,
  failType,
  printTypesTest,
  printTypeTest,
  printValuesTest,
} from "./emit-values.js";
import type { Matcher } from "./file-scope.js";
import { type Emitter, FunctionScope, type Unit } from "./function-scope.js";

/** Writes the code of a schema into one function. */
export class SchemaEmitter implements Emitter {
  constructor(readonly scope: FunctionScope) {}

  within(unit: Unit): Emitter {
    return unit === this.scope.unit ? this : new SchemaEmitter(this.scope.within(unit));
  }

  emit(schema: JsonSchema, place: ValueLocation): Lines {
    if (schema === true) return [];
    if (schema === false) return [this.scope.fail(place, "false", "is not allowed")];
    return [
      ...(typeof schema.$ref === "string" ? this.#reference(schema.$ref, place) : []),
      ...emitConstants(schema, place, this),
      ...this.#typed(schema, place),
    ];
  }

  test(schema: JsonSchema, value: string): string {
    if (typeof schema === "boolean") return String(schema);
    return this.#simpleTest(schema, value) ?? this.#matcherTest(schema, value);
  }

  #reference(ref: string, place: ValueLocation): Lines {
    const call = this.scope.call(this.scope.resolve(ref), place.value);
    if (this.scope.traits.kind === "match") return [`if (${call} !== undefined) isMatch = false;`];
    const found = this.scope.variable("found");
    const add = `problems = ${this.scope.helper("addProblems")}(problems, ${pathCode(place.path)}, ${found});`;
    return [`const ${found} = ${call};`, `if (${found} !== undefined) ${add}`];
  }

  /** `type`, the keywords of each type, and the schemas that apply beside them if the type is right. */
  #typed(schema: Keywords, place: ValueLocation): Lines {
    const kinds = checkedKinds(schema);
    const [only] = kinds;
    if (kinds.length !== 1 || only === undefined) {
      const check =
        kinds.length === 0
          ? []
          : ifElse(printTypesTest(kinds, place.value, this.scope), [], [failType(kinds, place, this.scope)]);
      return [...check, ...this.#rulesByKind(schema, place), ...this.#beside(schema, place)];
    }
    const body = [...this.#emitRules(only, schema, place), ...this.#besideTyped(schema, place)];
    const test = printTypeTest(only, place.value, this.scope);
    return ifElse(negated(test), [failType([only], place, this.scope)], body);
  }

  /** The schemas that apply beside `type`, if the type is right. */
  #besideTyped(schema: Keywords, place: ValueLocation): Lines {
    if (!Object.keys(schema).some((keyword) => sameValue.has(keyword) || keyword.startsWith("unevaluated")))
      return [];
    // The compiler knows the type of the value here, and would report tests for other types as errors.
    const value = this.scope.variable("value");
    const checks = this.#beside(schema, { ...place, value });
    const all = checks.length === 0 ? [] : [...this.scope.leave, ...checks];
    return uses(all, value) ? [`const ${value}: unknown = ${place.value};`, ...all] : all;
  }

  #rulesByKind(schema: Keywords, place: ValueLocation): Lines {
    const textKind = isBytesSchema(schema) ? "bytes" : "string";
    return [textKind, "number", "array", "object"].flatMap((kind) =>
      block(`if (${ruleTest(kind, place.value, this.scope)})`, this.#emitRules(kind, schema, place)),
    );
  }

  #emitRules(kind: string, schema: Keywords, place: ValueLocation): Lines {
    if (kind === "string") return emitString(schema, place, this);
    if (kind === "bytes") return emitBytes(schema, place, this);
    if (kind === "number" || kind === "integer") return emitNumber(schema, place, this);
    if (kind === "array") return emitArray(schema, place, this);
    return kind === "object" ? emitObject(schema, place, this) : [];
  }

  #beside(schema: Keywords, place: ValueLocation): Lines {
    return [...emitCombinations(schema, place, this), ...emitUnevaluated(schema, place, this)];
  }

  /** A test that needs no function of its own. */
  #simpleTest(schema: Keywords, value: string): string | undefined {
    const [keyword, ...others] = Object.keys(schema).filter(isAssertion);
    if (keyword === undefined) return "true";
    if (others.length > 0) return undefined;
    if (keyword === "$ref")
      return `${this.scope.call(this.scope.resolve(String(schema.$ref)), value)} === undefined`;
    if (keyword === "type") return inBrackets(printTypesTest(checkedKinds(schema), value, this.scope));
    if (keyword === "const") return printValuesTest([schema.const ?? null], value, this.scope);
    if (keyword === "enum" && Array.isArray(schema.enum))
      return inBrackets(printValuesTest(schema.enum, value, this.scope));
    return undefined;
  }

  #matcherTest(schema: Keywords, value: string): string {
    const { file, compilation, unit, traits } = this.scope;
    const owner = `${traits.isCircular ? "circular " : ""}${unit.name}`;
    const matcher = file.matcher(owner, schema, (name): Matcher => {
      const scope = new FunctionScope(compilation, unit, { ...traits, kind: "match" });
      const body = new SchemaEmitter(scope).emit(schema, { value: "value", path: [] });
      const parameters = `${uses(body, "value") ? "value" : "_value"}: unknown${scope.usesDepth ? ", depth: number" : ""}`;
      file.addFunction(`function ${name}(${parameters}): boolean`, [
        "let isMatch = true;",
        ...body,
        "return isMatch;",
      ]);
      return { name, isCircular: scope.usesDepth };
    });
    return this.scope.call(matcher, value);
  }
}

const inBrackets = (test: string): string => (/ (?:&&|\|\|) /.test(test) ? `(${test})` : test);

/** The types to check; empty if `const` or `enum` allows no other. A string of base64 is `bytes`. */
function checkedKinds(schema: Keywords): readonly string[] {
  const { type, const: constant, enum: values } = schema;
  const kinds = (Array.isArray(type) ? type : [type]).filter(
    (kind: Json | undefined) => typeof kind === "string",
  );
  const allowed = constant === undefined ? values : [constant];
  const isSaid = Array.isArray(allowed) && allowed.every((value: Json) => hasKind(value, kinds));
  if (isSaid) return [];
  return isBytesSchema(schema) ? kinds.map((kind) => (kind === "string" ? "bytes" : kind)) : kinds;
}

/** Rules without a type apply to Infinity, too. */
const ruleTest = (kind: string, value: string, scope: FunctionScope): string =>
  kind === "number" ? `typeof ${value} === "number"` : printTypeTest(kind, value, scope);

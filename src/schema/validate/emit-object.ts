import { isSchema, toRecord } from "../../spec-file/json.js";
import type { JsonSchema } from "../../spec-file/spec.js";
import { literal } from "../encode.js";
import { type Keywords, readNamedSchemas, readStrings } from "../keywords.js";
import {
  block,
  codePart,
  ifElse,
  indented,
  type Lines,
  textPart,
  uses,
  type ValueLocation,
} from "./code-lines.js";
import { countUnits } from "./emit-values.js";
import type { Emitter, FunctionScope } from "./function-scope.js";

/** The keywords of objects, for an object. */
export function emitObject(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  return [
    ...emitSize(schema, place, emitter.scope),
    ...emitProperties(schema, place, emitter),
    ...dependentRequired(schema, place, emitter.scope),
    ...emitEveryProperty(schema, place, emitter),
  ];
}

function emitSize(
  { minProperties, maxProperties }: Keywords,
  place: ValueLocation,
  scope: FunctionScope,
): Lines {
  const rule = (keyword: string, operator: string, bound: number): Lines => {
    const most = keyword === "maxProperties" ? "at most" : "at least";
    const failure = scope.fail(place, keyword, `must have ${most} ${countUnits(bound, "property")}`);
    return block(`if (${scope.helper("propertyCount")}(${place.value}) ${operator} ${bound})`, [failure]);
  };
  return [
    ...(typeof minProperties === "number" && minProperties > 0
      ? rule("minProperties", "<", minProperties)
      : []),
    ...(typeof maxProperties === "number" ? rule("maxProperties", ">", maxProperties) : []),
  ];
}

function emitProperties(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const required = new Set(readStrings(schema.required));
  const properties = new Map(readNamedSchemas(schema.properties));
  const others = [...required].filter((name) => !properties.has(name)).map((name) => [name, true] as const);
  return [...properties, ...others].flatMap(([name, child]) =>
    property({ name, child, isRequired: required.has(name) }, place, emitter),
  );
}

interface Property {
  readonly name: string;
  readonly child: JsonSchema;
  readonly isRequired: boolean;
}

function property({ name, child, isRequired }: Property, place: ValueLocation, emitter: Emitter): Lines {
  const { scope } = emitter;
  const read = readProperty(name, place.value, scope);
  const missing = isRequired ? [scope.fail(place, "required", `must have the property '${name}'`)] : [];
  if (child === true) return block(`if (${read} === undefined)`, missing);
  const value = scope.variable("value");
  const checks = emitter.emit(child, { value, path: [...place.path, textPart(name)] });
  if (checks.length === 0) return block(`if (${read} === undefined)`, missing);
  const body = isRequired
    ? ifElse(`${value} === undefined`, missing, checks)
    : block(`if (${value} !== undefined)`, checks);
  return [`const ${value} = ${read};`, ...body, ...scope.leave];
}

/** Reads a property; one that every object inherits (`constructor`) must be the object's own. */
function readProperty(name: string, value: string, scope: FunctionScope): string {
  const isInherited = name in {};
  return isInherited
    ? `${scope.helper("propertyOf")}(${value}, ${literal(name)})`
    : `${value}[${literal(name)}]`;
}

function dependentRequired(schema: Keywords, place: ValueLocation, scope: FunctionScope): Lines {
  return Object.entries(toRecord(schema.dependentRequired)).flatMap(([name, list]) => {
    const checks = readStrings(list).flatMap((other) => {
      const message = `must have the property '${other}' when '${name}' is present`;
      const failure = scope.fail(place, "dependentRequired", message);
      return block(`if (${readProperty(other, place.value, scope)} === undefined)`, [failure]);
    });
    return block(`if (${readProperty(name, place.value, scope)} !== undefined)`, checks);
  });
}

/** The checks of every property: of its name, by the patterns that it matches, and by `additionalProperties`. */
function emitEveryProperty(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const keywords = ["propertyNames", "patternProperties", "additionalProperties"];
  if (!keywords.some((keyword) => schema[keyword] !== undefined)) return [];
  return emitPropertyLoop(place, emitter.scope, (key, property) => [
    ...emitNameRules(schema, { ...property, value: key }, emitter),
    ...emitPatternRules(schema, property, { emitter, key }),
    ...emitOtherRules(schema, property, { emitter, key }),
  ]);
}

/** A loop over the properties of an object; empty without checks. */
export function emitPropertyLoop(
  place: ValueLocation,
  scope: FunctionScope,
  checksOf: (key: string, property: ValueLocation) => Lines,
): Lines {
  const key = scope.variable("key");
  const value = scope.variable("value");
  const path = [...place.path, ...codePart(`${scope.helper("pointerToken")}(${key})`)];
  const checks = checksOf(key, { value, path });
  const isRead = uses(checks, value);
  if (!isRead && !uses(checks, key)) {
    return block(`if (${scope.helper("propertyCount")}(${place.value}) > 0)`, checks);
  }
  const read = isRead ? [`const ${value} = ${place.value}[${key}];`] : [];
  return [`for (const ${key} in ${place.value}) {`, ...indented([...read, ...checks, ...scope.leave]), "}"];
}

function emitNameRules(schema: Keywords, key: ValueLocation, emitter: Emitter): Lines {
  if (!isSchema(schema.propertyNames) || schema.propertyNames === true) return [];
  // A variable of type unknown keeps the compiler from seeing that a name is never a number.
  const name = emitter.scope.variable("name");
  const checks = emitter.emit(schema.propertyNames, { ...key, value: name });
  return uses(checks, name) ? [`const ${name}: unknown = ${key.value};`, ...checks] : checks;
}

interface KeyContext {
  readonly emitter: Emitter;
  readonly key: string;
}

const printPatternTest = (pattern: string, key: string, scope: FunctionScope): string =>
  `${scope.file.constant("pattern", `new RegExp(${literal(pattern)}, "u")`)}.test(${key})`;

const emitPatternRules = (schema: Keywords, place: ValueLocation, { emitter, key }: KeyContext): Lines =>
  readNamedSchemas(schema.patternProperties).flatMap(([pattern, child]) =>
    block(`if (${printPatternTest(pattern, key, emitter.scope)})`, emitter.emit(child, place)),
  );

function emitOtherRules(schema: Keywords, place: ValueLocation, { emitter, key }: KeyContext): Lines {
  const others = schema.additionalProperties;
  if (!isSchema(others) || others === true) return [];
  const { scope } = emitter;
  const message = "is not a known property";
  const checks =
    others === false ? [scope.fail(place, "additionalProperties", message)] : emitter.emit(others, place);
  const known = printCoveredTest(schema, key, scope);
  return known === undefined ? checks : ifElse(known, [], checks);
}

/** Up to this many names are compared one by one; more are looked up in a set. */
const comparedOneByOne = 8;

/** The expression that is true for names that `properties` or `patternProperties` cover; undefined without such names. */
export function printCoveredTest(schema: Keywords, key: string, scope: FunctionScope): string | undefined {
  const names = readNamedSchemas(schema.properties).map(([name]) => name);
  const patterns = readNamedSchemas(schema.patternProperties).map(([pattern]) =>
    printPatternTest(pattern, key, scope),
  );
  const compared =
    names.length <= comparedOneByOne
      ? names.map((name) => `${key} === ${literal(name)}`)
      : [`${scope.file.constant("names", `new Set(${literal(names)})`)}.has(${key})`];
  const tests = [...compared, ...patterns];
  return tests.length === 0 ? undefined : tests.join(" || ");
}

import { isRecord, isSchema } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { literal } from "../encode.js";
import { isAssertion, isBytesSchema, type Keywords, readNamedSchemas, readSchemas } from "../keywords.js";
import { type Discriminator, findDiscriminator, findDisjointKinds } from "./branches.js";
import { block, ifElse, indented, type Lines, textPart, type ValueLocation } from "./code-lines.js";
import { describeTypes, failType, printTypesTest } from "./emit-values.js";
import type { Emitter } from "./function-scope.js";

/** The keywords that apply other schemas to the same value. */

export function emitCombinations(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  return [
    ...readSchemas(schema.allOf).flatMap((branch) => emitter.emit(branch, place)),
    ...emitChoice("anyOf", readSchemas(schema.anyOf), { place, emitter }),
    ...emitChoice("oneOf", readSchemas(schema.oneOf), { place, emitter }),
    ...emitNot(schema, place, emitter),
    ...emitCondition(schema, place, emitter),
    ...emitDependentSchemas(schema, place, emitter),
  ];
}

interface ChoiceContext {
  readonly place: ValueLocation;
  readonly emitter: Emitter;
}

/** If the value itself identifies its branch, only that branch is checked, and its problems are reported. */
function emitChoice(
  keyword: "anyOf" | "oneOf",
  branches: readonly JsonSchema[],
  context: ChoiceContext,
): Lines {
  if (branches.length === 0) return [];
  const resolve = (ref: string) => context.emitter.scope.resolve(ref).schema;
  const discriminator = findDiscriminator(branches, resolve);
  if (discriminator !== undefined) return emitByConstant(keyword, branches, { ...context, discriminator });
  const kinds = findDisjointKinds(branches, resolve);
  return kinds === undefined ? emitByTrial(keyword, branches, context) : emitByKind(branches, kinds, context);
}

function emitByConstant(
  keyword: string,
  branches: readonly JsonSchema[],
  {
    place,
    emitter,
    discriminator: { name, values },
  }: ChoiceContext & { readonly discriminator: Discriminator },
): Lines {
  const { scope } = emitter;
  const cases = branches.flatMap((branch, position) =>
    switchCase(values[position] ?? [], emitter.emit(withoutConstant(branch, name), place)),
  );
  const list = values
    .flat()
    .map((value) => JSON.stringify(value))
    .join(", ");
  const inner = { ...place, path: [...place.path, textPart(name)] };
  const otherwise = ["default:", `  ${scope.fail(inner, keyword, `must be one of ${list}`)}`];
  const head = `switch (${scope.helper("propertyOf")}(${place.value}, ${literal(name)}))`;
  const isOther = `${scope.helper("kindOf")}(${place.value}) !== "object"`;
  return ifElse(
    isOther,
    [scope.fail(place, "type", describeTypes(["object"]))],
    block(head, [...cases, ...otherwise]),
  );
}

/** A branch whose `type` and constant the switch has already checked. */
function withoutConstant(branch: JsonSchema, name: string): JsonSchema {
  if (typeof branch !== "object" || !isRecord(branch.properties) || !Array.isArray(branch.required))
    return branch;
  const { type: _, ...rest } = branch;
  const property = branch.properties[name];
  if (!isRecord(property) || !hasOnlyConstant(property)) return rest;
  const required = branch.required.filter((other) => other !== name);
  return { ...rest, required, properties: { ...branch.properties, [name]: true } };
}

/** Whether a schema has no other rule than `const` or `enum`. */
function hasOnlyConstant(property: Keywords): boolean {
  const rules = Object.keys(property).filter((keyword) => isAssertion(keyword));
  return rules.length === 1 && (rules[0] === "const" || rules[0] === "enum");
}

function emitByKind(
  branches: readonly JsonSchema[],
  kinds: readonly (readonly string[])[],
  { place, emitter }: ChoiceContext,
): Lines {
  const { scope } = emitter;
  const failure = failType(kinds.flat(), place, scope);
  const bodies = branches.map((branch, position) =>
    emitter.emit(withoutType(branch, kinds[position]), place),
  );
  if (bodies.every((body) => body.length === 0))
    return ifElse(printTypesTest(kinds.flat(), place.value, scope), [], [failure]);
  const cases = bodies.flatMap((body, position) => switchCase(kinds[position] ?? [], body));
  return block(`switch (${scope.helper("kindOf")}(${place.value}))`, [...cases, "default:", `  ${failure}`]);
}

/** A branch whose `type` the switch has already checked. `integer` needs a further check. */
function withoutType(branch: JsonSchema, kinds: readonly string[] | undefined): JsonSchema {
  if (typeof branch !== "object" || branch.type === "integer" || kinds === undefined) return branch;
  if (isBytesSchema(branch)) return branch;
  if (Array.isArray(branch.type) && branch.type.includes("integer")) return branch;
  const { type: _, ...rest } = branch;
  return rest;
}

function switchCase(values: readonly Json[], body: Lines): Lines {
  const labels = values.map((value) => `case ${literal(value)}:`);
  const last = labels.at(-1) ?? "default:";
  if (body.length === 0) return [...labels, "  break;"];
  return [...labels.slice(0, -1), `${last} {`, ...indented([...body, "break;"]), "}"];
}

function emitByTrial(
  keyword: "anyOf" | "oneOf",
  branches: readonly JsonSchema[],
  { place, emitter }: ChoiceContext,
): Lines {
  const { scope } = emitter;
  const tests = branches.map((branch) => emitter.test(branch, place.value));
  const count = branches.length;
  if (keyword === "anyOf") {
    if (tests.includes("true")) return [];
    const message =
      count === 1 ? "must match the only alternative" : `must match at least one of ${count} alternatives`;
    return ifElse(tests.join(" || "), [], [scope.fail(place, keyword, message)]);
  }
  const matched = scope.variable("count");
  const message =
    count === 1 ? "must match the only alternative" : `must match exactly one of ${count} alternatives`;
  const failure = scope.fail(place, keyword, message);
  const sum = tests.map((test) => `Number(${test})`).join(" + ");
  return [`const ${matched} = ${sum};`, ...block(`if (${matched} !== 1)`, [failure])];
}

function emitNot({ not }: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  if (!isSchema(not)) return [];
  const failure = emitter.scope.fail(place, "not", "must not match the excluded schema");
  return block(`if (${emitter.test(not, place.value)})`, [failure]);
}

function emitCondition(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const { if: test, then: consequent = true, else: alternative = true } = schema;
  if (!isSchema(test) || !isSchema(consequent) || !isSchema(alternative)) return [];
  const yes = emitter.emit(consequent, place);
  const no = emitter.emit(alternative, place);
  return yes.length + no.length === 0 ? [] : ifElse(emitter.test(test, place.value), yes, no);
}

function emitDependentSchemas(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  return readNamedSchemas(schema.dependentSchemas).flatMap(([name, child]) => {
    const checks = emitter.emit(child, place);
    if (checks.length === 0) return [];
    return block(`if (${emitter.scope.helper("hasProperty")}(${place.value}, ${literal(name)}))`, checks);
  });
}

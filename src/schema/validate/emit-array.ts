import { isSchema } from "../../spec-file/json.js";
import { type Keywords, readSchemas } from "../keywords.js";
import { block, codePart, indented, type Lines, textPart, uses, type ValueLocation } from "./code-lines.js";
import { countUnits } from "./emit-values.js";
import type { Emitter, FunctionScope } from "./function-scope.js";

/** The keywords of arrays, for an array. */
export function emitArray(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  return [
    ...emitSize(schema, place, emitter.scope),
    ...emitFirstItems(schema, place, emitter),
    ...emitOtherItems(schema, place, emitter),
    ...emitContains(schema, place, emitter),
  ];
}

function emitSize(
  { minItems, maxItems, uniqueItems }: Keywords,
  place: ValueLocation,
  scope: FunctionScope,
): Lines {
  const { value } = place;
  const lines: string[] = [];
  if (typeof minItems === "number" && minItems > 0) {
    const failure = scope.fail(place, "minItems", `must have at least ${countUnits(minItems, "item")}`);
    lines.push(...block(`if (${value}.length < ${minItems})`, [failure]));
  }
  if (typeof maxItems === "number") {
    const failure = scope.fail(place, "maxItems", `must have at most ${countUnits(maxItems, "item")}`);
    lines.push(...block(`if (${value}.length > ${maxItems})`, [failure]));
  }
  if (uniqueItems === true) {
    const failure = scope.fail(place, "uniqueItems", "must not have two equal items");
    lines.push(...block(`if (!${scope.helper("areUnique")}(${value}))`, [failure]));
  }
  return lines;
}

const emitFirstItems = (schema: Keywords, place: ValueLocation, emitter: Emitter): Lines =>
  readSchemas(schema.prefixItems).flatMap((child, position) => {
    const item = emitter.scope.variable("item");
    const path = [...place.path, textPart(String(position))];
    const checks = emitter.emit(child, { value: item, path });
    if (checks.length === 0) return [];
    return block(`if (${place.value}.length > ${position})`, [
      ...(uses(checks, item) ? [`const ${item} = ${place.value}[${position}];`] : []),
      ...checks,
    ]);
  });

function emitOtherItems(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const { items } = schema;
  if (!isSchema(items) || items === true) return [];
  const first = readSchemas(schema.prefixItems).length;
  if (items === false) {
    const message = first === 0 ? "must be empty" : `must have at most ${countUnits(first, "item")}`;
    return block(`if (${place.value}.length > ${first})`, [emitter.scope.fail(place, "items", message)]);
  }
  return emitItemLoop(place, { emitter, first }, (item) => emitter.emit(items, item));
}

/** A loop over the items from the position `first` on; empty without checks. */
export function emitItemLoop(
  place: ValueLocation,
  { emitter, first }: { readonly emitter: Emitter; readonly first: number },
  checksOf: (item: ValueLocation) => Lines,
): Lines {
  const index = emitter.scope.variable("index");
  const item = emitter.scope.variable("item");
  const checks = checksOf({ value: item, path: [...place.path, ...codePart(index)] });
  if (checks.length === 0) return [];
  const read = uses(checks, item) ? [`const ${item} = ${place.value}[${index}];`] : [];
  const head = `for (let ${index} = ${first}; ${index} < ${place.value}.length; ${index} += 1) {`;
  return [head, ...indented([...read, ...checks, ...emitter.scope.leave]), "}"];
}

function emitContains(schema: Keywords, place: ValueLocation, emitter: Emitter): Lines {
  const { contains, minContains = 1, maxContains } = schema;
  if (!isSchema(contains) || typeof minContains !== "number") return [];
  if (minContains === 0 && typeof maxContains !== "number") return [];
  const { scope } = emitter;
  const count = scope.variable("count");
  const index = scope.variable("index");
  const item = scope.variable("item");
  const counting = [`if (${emitter.test(contains, item)}) ${count} += 1;`];
  const lines = [
    `let ${count} = 0;`,
    `for (let ${index} = 0; ${index} < ${place.value}.length; ${index} += 1) {`,
    ...indented([
      ...(uses(counting, item) ? [`const ${item} = ${place.value}[${index}];`] : []),
      ...counting,
    ]),
    "}",
  ];
  if (minContains > 0) {
    const rule = schema.minContains === undefined ? "contains" : "minContains";
    const failure = scope.fail(
      place,
      rule,
      `must contain at least ${countUnits(minContains, "matching item")}`,
    );
    lines.push(...block(`if (${count} < ${minContains})`, [failure]));
  }
  if (typeof maxContains === "number") {
    const message = `must contain at most ${countUnits(maxContains, "matching item")}`;
    lines.push(...block(`if (${count} > ${maxContains})`, [scope.fail(place, "maxContains", message)]));
  }
  return lines;
}

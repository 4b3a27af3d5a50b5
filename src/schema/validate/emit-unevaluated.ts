import { isSchema } from "../pointer.js";
import { block, ifElse, type Lines } from "./code-lines.js";
import { coverage } from "./coverage.js";
import { itemLoop } from "./emit-array.js";
import { propertyLoop } from "./emit-object.js";
import type { Emitter, Keywords } from "./function-scope.js";
import type { Place } from "./place.js";

/** `unevaluatedProperties` and `unevaluatedItems`. */
export const unevaluatedRules = (schema: Keywords, place: Place, emitter: Emitter): Lines => [
  ...unevaluatedProperties(schema, place, emitter),
  ...unevaluatedItems(schema, place, emitter),
];

function unevaluatedProperties(schema: Keywords, place: Place, emitter: Emitter): Lines {
  const rest = schema.unevaluatedProperties;
  if (!isSchema(rest) || rest === true) return [];
  const { scope } = emitter;
  let before: Lines = [];
  const loop = propertyLoop(place, scope, (key, property) => {
    const covered = coverage(schema, place.value, { key }, emitter);
    before = covered.before;
    const message = "must not be there: the property is not known";
    const failure = () => [scope.fail(property, "unevaluatedProperties", message)];
    return whereUncovered(covered.test, rest === false ? failure : () => emitter.emit(rest, property));
  });
  return loop.length === 0
    ? []
    : [...before, ...block(`if (${scope.helper("isObject")}(${place.value}))`, loop)];
}

function whereUncovered(isCovered: string, checksOf: () => Lines): Lines {
  if (isCovered === "true") return [];
  return isCovered === "false" ? checksOf() : ifElse(isCovered, [], checksOf());
}

function unevaluatedItems(schema: Keywords, place: Place, emitter: Emitter): Lines {
  const rest = schema.unevaluatedItems;
  if (!isSchema(rest) || rest === true) return [];
  const { scope } = emitter;
  let before: Lines = [];
  const loop = itemLoop(place, { emitter, first: 0 }, (item) => {
    const index = item.path.flatMap((part) => ("code" in part ? [part.code] : [])).at(-1) ?? "";
    const covered = coverage(schema, place.value, { index, item: item.value }, emitter);
    before = covered.before;
    if (covered.test === "true") return [];
    const message = "must not be there: no more items are known";
    const checks =
      rest === false ? [scope.fail(item, "unevaluatedItems", message)] : emitter.emit(rest, item);
    return covered.test === "false" ? checks : ifElse(covered.test, [], checks);
  });
  return loop.length === 0
    ? []
    : [...before, ...block(`if (${scope.helper("isArray")}(${place.value}))`, loop)];
}

import { isSchema } from "../pointer.js";
import { block, ifElse, indented, type Lines, uses } from "./code-lines.js";
import { coverage } from "./coverage.js";
import { itemLoop } from "./emit-array.js";
import type { Emitter, Keywords } from "./function-scope.js";
import { codePart, type Place } from "./place.js";

/** `unevaluatedProperties` and `unevaluatedItems`. */
export const unevaluatedRules = (schema: Keywords, place: Place, emitter: Emitter): Lines => [
  ...unevaluatedProperties(schema, place, emitter),
  ...unevaluatedItems(schema, place, emitter),
];

function unevaluatedProperties(schema: Keywords, place: Place, emitter: Emitter): Lines {
  const rest = schema.unevaluatedProperties;
  if (!isSchema(rest) || rest === true) return [];
  const { scope } = emitter;
  const key = scope.variable("key");
  const value = scope.variable("value");
  const { before, test } = coverage(schema, place.value, { key }, emitter);
  if (test === "true") return [];
  const inner = { value, path: [...place.path, ...codePart(`${scope.helper("pointerToken")}(${key})`)] };
  const message = "must not be there: the property is not known";
  const checks =
    rest === false ? [scope.fail(inner, "unevaluatedProperties", message)] : emitter.emit(rest, inner);
  if (checks.length === 0) return [];
  const read = uses(checks, value) ? [`const ${value} = ${place.value}[${key}];`] : [];
  const loop = [
    `for (const ${key} in ${place.value}) {`,
    ...indented(test === "false" ? [...read, ...checks] : ifElse(test, [], [...read, ...checks])),
    "}",
  ];
  return [...before, ...block(`if (${scope.helper("isObject")}(${place.value}))`, loop)];
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

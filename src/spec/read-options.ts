import type { SourceText } from "../diagnostics/source-text.js";
import { hasType } from "./check-value.js";
import type { FormatSchema } from "./format-schema.js";
import type { OptionFormat } from "./option-table.js";
import { parseQuantity } from "./quantity.js";
import { entriesOf, jsonObject, type SourceNode, textOf, toJson } from "./source-node.js";
import type { Json, OptionValue } from "./spec.js";

/** The values of a `config:` mapping as written, with sizes in bytes and durations in seconds. */
export function readOptions(
  config: SourceNode | undefined,
  options: readonly OptionFormat[],
  source: SourceText,
): readonly OptionValue[] {
  const formats = new Map(options.map((option) => [option.name, option.schema]));
  return entriesOf(config).flatMap(([option, { keySpan, node }]) => {
    const format = formats.get(option);
    return format ? [{ option, value: normalise(node, format), at: source.locate(keySpan) }] : [];
  });
}

/** A value as it is meant: sizes in bytes, durations in seconds. */
export function normalise(node: SourceNode, format: FormatSchema): Json {
  const unit = format["x-unit"];
  const text = textOf(node);
  if (unit !== undefined && text !== undefined) return parseQuantity(text, unit) ?? text;
  if (node.kind !== "map") return toJson(node);
  const meant = format.anyOf?.find((alternative) => hasType(node, alternative)) ?? format;
  const members = [...node.entries].map(
    ([key, entry]) => [key, normalise(entry.node, meant.properties?.[key] ?? {})] as const,
  );
  return jsonObject(members);
}

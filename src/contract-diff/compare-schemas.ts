import type { Location } from "../diagnostics/diagnostic.js";
import { printPointer } from "../spec-file/json.js";
import { noFields } from "../spec-file/spec.js";
import { type ContractChange, type DiffOptions, toSentence } from "./contract-change.js";
import type { ContractCode } from "./contract-codes.js";
import { kindPlaces } from "./schema/kinds.js";
import type { SchemaChange } from "./schema/schema-change.js";
import { SchemaDiff } from "./schema/schema-diff.js";
import type { SchemaPlace } from "./schema/schema-place.js";

/** Who sends the values of a schema: in a request the client, in a reply, an event or an error the server. */
export type Direction = "request" | "reply" | "event" | "error";

/** A schema of the contract; undefined: any value is valid. */
export interface SchemaUse {
  readonly schema: SchemaPlace | undefined;
  /** The place of the command, event or error. */
  readonly at: Location;
}

export interface Comparison extends DiffOptions {
  readonly direction: Direction;
  /** Whether the values are those of a handshake, which arrive as texts. */
  readonly isText?: boolean;
  /** `chat.say request` */
  readonly where: string;
  /** Whether the codec has bytes: MessagePack. Default false: JSON. */
  readonly hasBytes?: boolean;
}

/** The changes between two schemas of one request, reply, event or error. */
export function compareSchemas(
  before: SchemaUse,
  after: SchemaUse,
  comparison: Comparison,
): readonly ContractChange[] {
  if (before.schema === undefined || after.schema === undefined) return compareOne(before, after, comparison);
  return [...new SchemaDiff(comparison.hasBytes).compare([before.schema], [after.schema])]
    .sort(byPath)
    .map((change) => toContractChange(change, after.at, comparison));
}

/** A schema on one side alone. */
function compareOne(
  before: SchemaUse,
  after: SchemaUse,
  { direction, where }: Comparison,
): readonly ContractChange[] {
  const given = before.schema ?? after.schema;
  if (given === undefined) return [];
  // A request is always an object, with or without a schema.
  const anything = direction === "request" ? [kindPlaces.object] : [];
  if (!new SchemaDiff().compare(anything, [given]).some(({ effect }) => effect !== "widened")) return [];
  const isAdded = before.schema === undefined;
  const breaking = isAdded === (direction === "request");
  const fact = describeOne(isAdded, given);
  const code = isAdded ? "schema-added" : "schema-removed";
  const message = breaking ? `${fact}: ${describeImpact(code, direction)}` : fact;
  return [{ breaking, code, where, message: toSentence(message), at: findLocation(given) ?? after.at }];
}

const describeOne = (isAdded: boolean, { schema }: SchemaPlace): string => {
  if (schema !== noFields) return isAdded ? "a schema was added" : "the schema was removed";
  return isAdded
    ? "any fields were allowed; now the command takes none"
    : "the command took no fields; now any are allowed";
};

const byPath = (one: SchemaChange, other: SchemaChange): number => {
  const [left, right] = [sortKey(one), sortKey(other)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const sortKey = ({ path, aspect }: SchemaChange): string => `${printPointer(path)}\u0000${aspect}`;

function toContractChange(
  change: SchemaChange,
  fallback: Location,
  { direction, where, isStrict = false, isText = false }: Comparison,
): ContractChange {
  const { path, place, keyword, effect } = change;
  const isIgnored = change.isTolerated === true && direction === "request" && !isStrict;
  const breaking = !isIgnored && effect !== (direction === "request" ? "widened" : "narrowed");
  const code = getCode(change);
  const fact = describeFact(change);
  const impact =
    effect === "unknown"
      ? "check by hand whether clients still work"
      : isText && change.takesTexts
        ? "the server takes what clients send, but its type in their code is another"
        : describeImpact(code, direction, change.is);
  return {
    breaking,
    code,
    where: path.length === 0 ? where : `${where} ${printPointer(path).slice(1)}`,
    message: toSentence(breaking ? `${fact}: ${impact}` : fact),
    at: (place && findLocation(place, keyword)) ?? fallback,
  };
}

function getCode({ aspect, effect, was }: SchemaChange): ContractCode {
  if (aspect === "field") return was === "absent" ? "field-added" : "field-removed";
  if (effect === "unknown") return "cannot-be-decided";
  if (aspect === "required") return effect === "narrowed" ? "field-required" : "field-optional";
  return aspect === "other-fields" ? `fields-${effect}` : `${aspect}-${effect}`;
}

/** The old and the new rule in words. */
function describeFact({ aspect, effect, was, is }: SchemaChange): string {
  switch (aspect) {
    case "field":
      return was === "absent" ? `the field is new and ${is}` : `the field was removed; it was ${was}`;
    case "required":
      return `the field was ${was} and is ${is}`;
    case "other-fields":
      return `${was} were allowed; now ${is} are`;
    case "alternatives":
      return `the alternatives are ${adjectives[effect]}`;
    case "condition":
      return `${is} is ${adjectives[effect]}`;
    default:
      return was === is ? `${was}, but ${adjectives[effect]}` : `was ${was}, now ${is}`;
  }
}

const adjectives = {
  narrowed: "stricter or new",
  widened: "looser or removed",
  changed: "different",
  unknown: "different",
} as const;

/** How a breaking change breaks clients; `is` describes a new field. */
function describeImpact(code: ContractCode, direction: Direction, is = "required"): string {
  if (direction === "request") {
    if (code === "field-removed") return "clients that send it are refused";
    if (code === "field-added" && is !== "required")
      return "clients that send something else by this name are refused";
    return code === "field-added" || code === "field-required"
      ? "clients that do not send it are refused"
      : "clients that send what was allowed are refused";
  }
  if (code === "field-removed") return "clients that read it do not find it";
  if (code === "field-optional") return "clients that read it may not find it";
  if (code === "field-added") return "clients that allow no other fields refuse it";
  return "clients may receive values that the old schema excluded";
}

const findLocation = ({ tokens, document }: SchemaPlace, keyword?: string): Location | undefined =>
  document.locate?.(printPointer([...tokens, ...(keyword === undefined ? [] : [keyword])]).slice(1));

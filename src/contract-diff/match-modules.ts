import { isDeepStrictEqual } from "node:util";
import { quoteName } from "./contract-change.js";
import type { Entry, ErrorEntry, ModuleSide } from "./contract-side.js";
import type { SchemaPlace } from "./schema/schema-place.js";

interface MatchedModules {
  /** In the order of the new spec. */
  readonly pairs: readonly { readonly before: ModuleSide; readonly after: ModuleSide }[];
  readonly removed: readonly ModuleSide[];
  readonly added: readonly ModuleSide[];
}

/** Finds the old module of each new one: it has the same flag, which is its name on the wire, or else the same name. */
export function matchModules(before: readonly ModuleSide[], after: readonly ModuleSide[]): MatchedModules {
  const left = new Set(before);
  const partners = new Map<ModuleSide, ModuleSide>();
  for (const isPartner of [hasSameFlag, hasSameName]) {
    for (const module of after) {
      if (partners.has(module)) continue;
      const partner = [...left].find((old) => isPartner(old, module));
      if (partner === undefined) continue;
      left.delete(partner);
      partners.set(module, partner);
    }
  }
  return {
    pairs: after.flatMap((module) => {
      const partner = partners.get(module);
      return partner === undefined ? [] : [{ before: partner, after: module }];
    }),
    removed: [...left],
    added: after.filter((module) => !partners.has(module)),
  };
}

const hasSameFlag = (one: ModuleSide, other: ModuleSide): boolean => one.module.flag === other.module.flag;
const hasSameName = (one: ModuleSide, other: ModuleSide): boolean =>
  one.module.wireName === other.module.wireName;

/** Suggests a rename or a move if a new entry has the shape of the removed one. The end of a message, or empty. */
export function suggestEntryRename(removed: Entry, added: readonly Entry[]): string {
  const alike = added.filter((entry) => hasSameShape(removed, entry));
  const found = alike.find(({ module }) => module.flag === removed.module.flag) ?? alike[0];
  if (found === undefined) return "";
  const question = found.name === removed.name ? "did it move?" : "was it renamed?";
  return `; ${quoteName(found.where)} is new and has the same shape: ${question}`;
}

/** The same for an error. Without a description and details, two errors are not alike. */
export function suggestErrorRename(removed: ErrorEntry, added: readonly ErrorEntry[]): string {
  const found = added.find(
    ({ error: { description }, details }) =>
      (details !== undefined || description !== "") &&
      description === removed.error.description &&
      areEqual(details, removed.details),
  );
  return found === undefined
    ? ""
    : `; ${quoteName(found.where)} is new and has the same shape: was it renamed?`;
}

export function suggestModuleRename(removed: ModuleSide, added: readonly ModuleSide[]): string {
  const found = added.find(
    ({ entries }) =>
      entries.length > 0 &&
      entries.length === removed.entries.length &&
      removed.entries.every((entry) => entries.some((other) => isAlike(entry, other))),
  );
  if (found === undefined) return "";
  return `; ${quoteName(found.module.wireName)} is new and has the same commands and events: was it renamed?`;
}

const isAlike = (one: Entry, other: Entry): boolean => one.name === other.name && hasSameShape(one, other);

/** Without schemas, two entries are alike only by their name. */
function hasSameShape(one: Entry, other: Entry): boolean {
  if (one.kind !== other.kind) return false;
  const schemas = [...one.schemas];
  const isDescribed = schemas.some(([, schema]) => schema !== undefined) || one.name === other.name;
  return (
    isDescribed && schemas.every(([direction, schema]) => areEqual(schema, other.schemas.get(direction)))
  );
}

/** Compares the text of two schemas. Changes of a shared schema that both refer to do not count. */
const areEqual = (one: SchemaPlace | undefined, other: SchemaPlace | undefined): boolean =>
  isDeepStrictEqual(one?.schema, other?.schema);

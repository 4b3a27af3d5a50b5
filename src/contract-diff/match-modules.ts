import type { ContractSide, ModuleSide } from "./contract-side.js";

export interface MatchedModules {
  /** In the order of the new spec. */
  readonly pairs: readonly { readonly before: ModuleSide; readonly after: ModuleSide }[];
  readonly removed: readonly ModuleSide[];
  readonly added: readonly ModuleSide[];
}

/** Finds for each module what it was: the one of the same flag, which is its name on the wire, or else of the same name. */
export function matchModules(before: ContractSide, after: ContractSide): MatchedModules {
  const left = new Set(before.modules);
  const partners = new Map<ModuleSide, ModuleSide>();
  for (const isPartner of [hasSameFlag, hasSameName]) {
    for (const module of after.modules) {
      if (partners.has(module)) continue;
      const partner = [...left].find((old) => isPartner(old, module));
      if (partner === undefined) continue;
      left.delete(partner);
      partners.set(module, partner);
    }
  }
  return {
    pairs: after.modules.flatMap((module) => {
      const partner = partners.get(module);
      return partner === undefined ? [] : [{ before: partner, after: module }];
    }),
    removed: [...left],
    added: after.modules.filter((module) => !partners.has(module)),
  };
}

const hasSameFlag = (one: ModuleSide, other: ModuleSide): boolean => one.module.flag === other.module.flag;
const hasSameName = (one: ModuleSide, other: ModuleSide): boolean =>
  one.module.wireName === other.module.wireName;

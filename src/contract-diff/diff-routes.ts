import type { ModuleModel } from "../model/model.js";
import { type ContractChange, quoted } from "./contract-change.js";
import { coversRoute, fullRoute, normalRoute, segmentsOf } from "./route-addresses.js";

/** The changes of a module's routes; its flag, which all of them begin with, is compared elsewhere. */
export function diffRoutes(before: ModuleModel, after: ModuleModel): readonly ContractChange[] {
  const old = before.urls.map(normalRoute);
  const present = after.urls.map(normalRoute);
  const gone = old.filter((url) => !present.includes(url));
  const added = present.filter((url) => !old.includes(url));
  const served = gone.map((url) => ({ url, by: present.find((other) => covers(other, url)) }));
  const isNew = (url: string): boolean => !old.some((other) => covers(other, url));
  const fresh = added.filter(isNew);
  return [
    ...served.map(({ url, by }) => {
      const was = quoted(fullRoute(after.flag, url));
      if (by === undefined) return removed(before, after, { url, fresh });
      const is = quoted(fullRoute(after.flag, by));
      return {
        breaking: false,
        code: covers(url, by) ? ("route-parameters-renamed" as const) : ("route-widened" as const),
        where: `${after.wireName} route`,
        message: `${was} became ${is}, which serves ${covers(url, by) ? "the same addresses" : "its addresses and more"}`,
        at: after.at,
      };
    }),
    ...fresh
      .filter((url) => !served.some(({ by }) => by === url))
      .map((url) => ({
        breaking: false,
        code: "route-added" as const,
        where: `${after.wireName} route`,
        message: `${quoted(fullRoute(after.flag, url))} is new`,
        at: after.at,
      })),
  ];
}

function removed(
  before: ModuleModel,
  after: ModuleModel,
  { url, fresh }: { url: string; fresh: readonly string[] },
): ContractChange {
  const partly = fresh.find((other) => covers(url, other));
  const [only, ...others] = fresh;
  const narrower = partly && `; ${quoted(fullRoute(after.flag, partly))} serves only some of its addresses`;
  const moved =
    only !== undefined &&
    others.length === 0 &&
    `; ${quoted(fullRoute(after.flag, only))} is new: did it move?`;
  return {
    breaking: true,
    code: "route-removed",
    where: `${after.wireName} route`,
    message: `${quoted(fullRoute(before.flag, url))} is gone: clients that connect there are refused${narrower ?? (moved || "")}`,
    at: before.at,
  };
}

const covers = (wide: string, narrow: string): boolean => coversRoute(segmentsOf(wide), segmentsOf(narrow));

import type { ModuleModel } from "../model/model.js";
import { joinRoute, parseRoute, type RouteSegment } from "../spec-file/route-pattern.js";
import { type ContractChange, createChange, quoteName } from "./contract-change.js";

/** The changes of a module's routes; its flag, which all of them begin with, is compared elsewhere. */
export function diffRoutes(before: ModuleModel, after: ModuleModel): readonly ContractChange[] {
  const normalise = (url: string): string => joinRoute("", url);
  const old = before.urls.map(normalise);
  const present = after.urls.map(normalise);
  const removed = old.filter((url) => !present.includes(url));
  const added = present.filter((url) => !old.includes(url));
  const replacements = removed.map((url) => ({ url, by: present.find((other) => covers(other, url)) }));
  const isNew = (url: string): boolean => !old.some((other) => covers(other, url));
  const newRoutes = added.filter(isNew);
  const place = { where: `${after.wireName} route`, at: after.at };
  return [
    ...replacements.map(({ url, by }) => {
      if (by === undefined) return reportRemoval(before, after, { url, newRoutes });
      const isSame = covers(url, by);
      const was = quoteName(joinRoute(after.flag, url));
      const is = quoteName(joinRoute(after.flag, by));
      const message = `${was} became ${is}, which serves ${isSame ? "the same addresses" : "its addresses and more"}`;
      return createChange(isSame ? "route-parameters-renamed" : "route-widened", message, place);
    }),
    ...newRoutes
      .filter((url) => !replacements.some(({ by }) => by === url))
      .map((url) => createChange("route-added", `${quoteName(joinRoute(after.flag, url))} is new`, place)),
  ];
}

function reportRemoval(
  before: ModuleModel,
  after: ModuleModel,
  { url, newRoutes }: { url: string; newRoutes: readonly string[] },
): ContractChange {
  const fact = `${quoteName(joinRoute(before.flag, url))} was removed: clients that connect there are refused`;
  const narrower = newRoutes.find((other) => covers(url, other));
  const [only = "", ...others] = newRoutes;
  const hint =
    narrower !== undefined
      ? `; ${quoteName(joinRoute(after.flag, narrower))} serves only some of its addresses`
      : newRoutes.length > 0 && others.length === 0
        ? `; ${quoteName(joinRoute(after.flag, only))} is new: did it move?`
        : "";
  return createChange("route-removed", fact + hint, { where: `${after.wireName} route`, at: before.at });
}

const covers = (wide: string, narrow: string): boolean =>
  coversRoute(readSegments(wide), readSegments(narrow));

/** The segments of a route; empty if the route is invalid. */
function readSegments(pattern: string): readonly RouteSegment[] {
  const route = parseRoute(pattern);
  return "segments" in route ? route.segments : [];
}

/** Whether a route serves every address that another serves. */
function coversRoute(wide: readonly RouteSegment[], narrow: readonly RouteSegment[]): boolean {
  const [first, ...rest] = wide;
  const [own, ...others] = narrow;
  if (first === undefined || own === undefined) return first === own;
  // A catch-all serves all further segments. It is not assumed to serve an empty rest.
  if (first.kind === "catch-all") return true;
  return coversSegment(first, own) && coversRoute(rest, others);
}

function coversSegment(wide: RouteSegment, narrow: RouteSegment): boolean {
  if (wide.kind === "static") return narrow.kind === "static" && narrow.text === wide.text;
  if (wide.kind !== "parameter") return false;
  if (narrow.kind === "parameter") return narrow.prefix.startsWith(wide.prefix);
  return (
    narrow.kind === "static" && narrow.text.startsWith(wide.prefix) && narrow.text.length > wide.prefix.length
  );
}

import type { ModuleModel } from "../model/model.js";
import { parseRoute, type RouteSegment } from "../spec-file/route-pattern.js";
import { type ContractChange, quoted } from "./contract-change.js";

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
    message: `${quoted(fullRoute(before.flag, url))} was removed: clients that connect there are refused${narrower ?? (moved || "")}`,
    at: before.at,
  };
}

const covers = (wide: string, narrow: string): boolean => coversRoute(segmentsOf(wide), segmentsOf(narrow));

/** The segments of a route; none for one that the spec's reader would refuse. */
function segmentsOf(pattern: string): readonly RouteSegment[] {
  const route = parseRoute(pattern);
  return "segments" in route ? route.segments : [];
}

/** Whether a route serves every address that another serves. */
function coversRoute(wide: readonly RouteSegment[], narrow: readonly RouteSegment[]): boolean {
  const [first, ...rest] = wide;
  const [own, ...others] = narrow;
  if (first === undefined || own === undefined) return first === own;
  // A catch-all takes all the rest; that it takes nothing, too, is not relied on.
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

/** The route as it is asked for: `/chat/rooms/:room`. */
const fullRoute = (flag: string, url: string): string => `/${flag}/${url}`.replace(/\/{2,}/g, "/");

/** One spelling for all that slashes can be written in: `ws`, `/ws/`. */
const normalRoute = (url: string): string =>
  url
    .split("/")
    .filter((segment) => segment !== "")
    .join("/");

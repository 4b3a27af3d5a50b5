import { parseRoute, type RouteSegment } from "../spec/route-pattern.js";

/** The segments of a route; none for one that the spec's reader would refuse. */
export function segmentsOf(pattern: string): readonly RouteSegment[] {
  const route = parseRoute(pattern);
  return "segments" in route ? route.segments : [];
}

/** Whether a route serves every address that another serves. */
export function coversRoute(wide: readonly RouteSegment[], narrow: readonly RouteSegment[]): boolean {
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
export const fullRoute = (flag: string, url: string): string => `/${flag}/${url}`.replace(/\/{2,}/g, "/");

/** One spelling for all that slashes can be written in: `ws`, `/ws/`. */
export const normalRoute = (url: string): string =>
  url
    .split("/")
    .filter((segment) => segment !== "")
    .join("/");

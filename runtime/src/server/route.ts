import type { ModuleConfig } from "../config/module-types.js";
import { formatPattern, parsePattern, type Segment } from "./gin-pattern.js";

/** One route pattern of a module, ready to be matched. */
export interface Route {
  /** `/chat/rooms/:room` */
  readonly pattern: string;
  readonly segments: readonly Segment[];
  /** Those whose text is a parameter. */
  readonly named: readonly Exclude<Segment, { kind: "static" }>[];
  /** Matches a path as the client wrote it, percent-encoded or not, with or without a slash at its end. */
  readonly regexp: RegExp;
}

/** The segments that all paths of a module begin with. */
export const baseOf = ({
  flag,
  config,
}: {
  flag: string;
  config: Pick<ModuleConfig, "basePath">;
}): readonly string[] =>
  config.basePath === undefined ? [flag] : config.basePath.split("/").filter((segment) => segment !== "");

/** @throws PatternError */
export function createRoute(base: readonly string[], pattern: string): Route {
  const segments = parsePattern(base, pattern);
  return {
    pattern: formatPattern(segments),
    segments,
    named: segments.filter((segment) => segment.kind !== "static"),
    regexp: new RegExp(`^${segments.map(toSource).join("")}/?$`),
  };
}

const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** The parameters of a path that the route matches. @throws URIError for bytes that are not percent-encoded UTF-8 */
export function readParams(route: Route, path: string): Readonly<Record<string, string>> {
  const { named } = route;
  if (named.length === 0) return noParams;
  const values = route.regexp.exec(path)?.slice(1) ?? [];
  const params: Record<string, string> = Object.create(null);
  for (const [index, { kind, name }] of named.entries()) {
    const value = decodeURIComponent(values[index] ?? "");
    params[name] = kind === "rest" && value === "" ? "/" : value;
  }
  return params;
}

/** Matches the paths below a base path that are not below a longer one of another module of the port. */
export const pathBelow = (base: readonly string[], others: readonly (readonly string[])[]): RegExp =>
  outside(base, others, new RegExp(`^${literalPath(base)}(?:/|$)`));

/** The same for the pattern of a route: a path is the module's whose base path is the longest. */
export function outside(
  base: readonly string[],
  others: readonly (readonly string[])[],
  path: RegExp,
): RegExp {
  const longer = others.filter(({ length }) => length > base.length).map(literalPath);
  return longer.length === 0
    ? path
    : new RegExp(`^(?!(?:${longer.join("|")})(?:/|$))${path.source.slice(1)}`);
}

const literalPath = (segments: readonly string[]): string =>
  segments.map((segment) => `/${literal(segment)}`).join("");

function toSource(segment: Segment): string {
  if (segment.kind === "static") return `/${literal(segment.text)}`;
  if (segment.kind === "param") return `/${literal(segment.prefix)}([^/]+)`;
  // As in gin, the value begins with the slash.
  return "((?:/.*)?)";
}

/** Matches a text both plain and percent-encoded, for a client may encode any character (RFC 3986 §2.1). */
const literal = (text: string): string => [...text].map(literalCharacter).join("");

function literalCharacter(character: string): string {
  const encoded = [...Buffer.from(character)].map(encodedByte).join("");
  const plain = character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  return `(?:${plain}|${encoded})`;
}

function encodedByte(byte: number): string {
  const digits = byte.toString(16).padStart(2, "0");
  return `%${digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`;
}

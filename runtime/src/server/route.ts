import type { ModuleConfig } from "../config/module-types.js";

/**
 * One segment of a route pattern, by gin's rules. `text` matches itself. `:name` and `text:name` match the rest of the
 * segment, at least one character. `*name` matches the rest of the path.
 */
interface Segment {
  readonly text: string;
  readonly wildcard: "" | ":" | "*";
  readonly name: string;
}

/** One route pattern of a module. */
export interface Route {
  /** `/chat/rooms/:room` */
  readonly pattern: string;
  readonly segments: readonly Segment[];
}

/** The error for an invalid pattern. The caller adds the name of the module. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** The segments at the beginning of all paths of a module. */
export const getBaseSegments = ({
  flag,
  config,
}: {
  flag: string;
  config: Pick<ModuleConfig, "basePath">;
}): readonly string[] =>
  config.basePath === undefined ? [flag] : config.basePath.split("/").filter((segment) => segment !== "");

/**
 * Parses a route pattern below a module's base path. Slashes are normalised: `/ws/`, `ws` and `//ws` are the same.
 * `\:` is a colon, as in gin.
 * @throws PatternError if it breaks gin's rules for wildcards
 */
export function createRoute(base: readonly string[], pattern: string): Route {
  const texts = pattern.split("/").filter((text) => text !== "");
  const own = texts.map((text, index) => readSegment(text, index === texts.length - 1));
  const names = own.map(({ name }) => name).filter((name) => name !== "");
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw new PatternError(`the parameter ${duplicate} occurs twice`);
  const segments = [...base.map(plainSegment), ...own];
  const path = segments.map(({ text, wildcard, name }) => `/${text}${wildcard}${name}`).join("");
  return { pattern: path || "/", segments };
}

const plainSegment = (text: string): Segment => ({ text, wildcard: "", name: "" });

function readSegment(source: string, isLast: boolean): Segment {
  const [first, second] = source.matchAll(/(?<!\\)[:*]/g);
  if (second !== undefined) throw new PatternError("only one wildcard per path segment is allowed");
  const text = source.slice(0, first?.index).replaceAll("\\:", ":");
  if (first === undefined) return plainSegment(text);
  const name = source.slice(first.index + 1);
  if (name === "") throw new PatternError("a wildcard needs a name");
  if (first[0] === ":") return { text, wildcard: ":", name };
  if (!isLast) throw new PatternError("a catch-all is only allowed at the end of the path");
  if (text !== "") throw new PatternError("a catch-all needs a slash before it");
  return { text, wildcard: "*", name };
}

/**
 * Sorts the more specific route first, segment by segment: a static segment, then a parameter, then a catch-all. A
 * parameter with a longer prefix comes first. Otherwise the order stays. So the first matching route is the one that gin
 * finds.
 */
export function compareSpecificity({ segments: left }: Route, { segments: right }: Route): number {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const difference = rank(one) - rank(other) || prefixLength(other) - prefixLength(one);
    if (difference !== 0) return difference;
  }
  // One is the beginning of the other. Both match only if the longer one ends with a catch-all, so the shorter one wins.
  return left.length - right.length;
}

const rank = ({ wildcard }: Segment): number => ["", ":", "*"].indexOf(wildcard);

/** 0 for a static segment, because two different static segments never match the same path. */
const prefixLength = ({ wildcard, text }: Segment): number => (wildcard === "" ? 0 : text.length);

/** Returns why gin refuses to serve both routes, or undefined if it serves them. */
export function describeConflict({ segments: left }: Route, { segments: right }: Route): string | undefined {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return undefined;
    if (one.wildcard === "*" && other.wildcard === "*") return "both have a catch-all in the same place";
    if (one.wildcard === "*" || other.wildcard === "*")
      return "a catch-all allows no other route in its place";
    // Different branches of gin's tree do not conflict.
    if (one.wildcard !== other.wildcard || one.text !== other.text) return undefined;
    if (one.name !== other.name)
      return `the parameter has the name ${one.name} in one and ${other.name} in the other`;
  }
  return left.length === right.length ? "they are the same" : undefined;
}

/** True if the route matches the path as the client sent it, with or without a slash at the end. */
export function matchesPath({ segments }: Route, path: string): boolean {
  const parts = splitPath(path);
  const rest = segments.at(-1)?.wildcard === "*" ? "" : parts.slice(segments.length).join("/");
  return rest === "" && segments.every((segment, index) => matchesSegment(segment, parts[index]));
}

const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** Reads the parameters from a path that the route matches. @returns undefined if it is not valid percent-encoding */
export function readParams({ segments }: Route, path: string): Readonly<Record<string, string>> | undefined {
  if (segments.every(({ wildcard }) => wildcard === "")) return noParams;
  const parts = splitPath(path);
  const params: Record<string, string> = Object.create(null);
  for (const [index, { text, wildcard, name }] of segments.entries()) {
    if (wildcard === "") continue;
    const encoded = wildcard === ":" ? (parts[index] ?? "") : parts.slice(index).join("/");
    const value = decode(encoded);
    if (value === undefined) return undefined;
    // As in gin, the value of a catch-all begins with the slash.
    params[name] = wildcard === ":" ? value.slice(text.length) : `/${value}`;
  }
  return params;
}

/** Creates a check for paths below the module's base path, but not below a longer base path of another module of the port. */
export function createPathCheck(
  base: readonly string[],
  others: readonly (readonly string[])[],
): (path: string) => boolean {
  const longer = others.filter(({ length }) => length > base.length);
  return (path) => {
    const parts = splitPath(path);
    const isBelow = (texts: readonly string[]) =>
      texts.every((text, index) => matchesSegment(plainSegment(text), parts[index]));
    return isBelow(base) && !longer.some(isBelow);
  };
}

const splitPath = (path: string): readonly string[] => path.split("/").slice(1);

/** A client may percent-encode any character of a segment (RFC 3986 §2.1). */
function matchesSegment({ text, wildcard }: Segment, part = ""): boolean {
  if (wildcard === "*") return true;
  const decoded = decode(part) ?? part;
  if (wildcard === "") return part === text || decoded === text;
  return decoded.startsWith(text) && decoded.length > text.length;
}

/** Undefined if it is not percent-encoded UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

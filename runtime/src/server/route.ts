import type { ModuleConfig } from "../config/module-types.js";

/**
 * One segment of a route pattern as gin knows them: `text`; `:name` or `text:name`, which takes the rest of the segment,
 * at least one character; `*name`, which takes the rest of the path.
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

/** The segments that all paths of a module begin with. */
export const baseOf = ({
  flag,
  config,
}: {
  flag: string;
  config: Pick<ModuleConfig, "basePath">;
}): readonly string[] =>
  config.basePath === undefined ? [flag] : config.basePath.split("/").filter((segment) => segment !== "");

/**
 * Reads a route pattern below a module's base path. Slashes are normalised: `/ws/`, `ws` and `//ws` are the same.
 * `\:` is a colon, as in gin.
 * @throws PatternError with gin's rules for wildcards
 */
export function createRoute(base: readonly string[], pattern: string): Route {
  const texts = pattern.split("/").filter((text) => text !== "");
  const own = texts.map((text, index) => readSegment(text, index === texts.length - 1));
  const twice = own.find(({ name }, index) => name !== "" && own.findIndex((s) => s.name === name) !== index);
  if (twice !== undefined) throw new PatternError(`the parameter ${twice.name} occurs twice`);
  const segments = [...base.map(plainSegment), ...own];
  const shown = segments.map(({ text, wildcard, name }) => `/${text}${wildcard}${name}`).join("");
  return { pattern: shown || "/", segments };
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
 * Sorts the more specific route first: segment by segment, static before a parameter before a catch-all, and a longer
 * prefix of a parameter before a shorter one; others stay as the module has them. The first route that matches is then the one that gin finds.
 */
export function compareSpecificity({ segments: left }: Route, { segments: right }: Route): number {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const difference = rank(one) - rank(other) || prefixLength(other) - prefixLength(one);
    if (difference !== 0) return difference;
  }
  // Where one is the beginning of the other, only a catch-all lets both match; the one that ends is meant then.
  return left.length - right.length;
}

const rank = ({ wildcard }: Segment): number => ["", ":", "*"].indexOf(wildcard);

/** Two different static texts never match the same path. */
const prefixLength = ({ wildcard, text }: Segment): number => (wildcard === "" ? 0 : text.length);

/** Why gin would refuse the two routes beside each other; undefined: it would not. */
export function describeConflict({ segments: left }: Route, { segments: right }: Route): string | undefined {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return undefined;
    if (one.wildcard === "*" && other.wildcard === "*") return "both have a catch-all in the same place";
    if (one.wildcard === "*" || other.wildcard === "*")
      return "a catch-all allows no other route in its place";
    // From here on they lie on different branches of gin's tree.
    if (one.wildcard !== other.wildcard || one.text !== other.text) return undefined;
    if (one.name !== other.name)
      return `the parameter has the name ${one.name} in one and ${other.name} in the other`;
  }
  return left.length === right.length ? "they are the same" : undefined;
}

/** True if the path matches, in the client's spelling, with or without a slash at its end. */
export function matchesPath({ segments }: Route, path: string): boolean {
  const parts = splitPath(path);
  const surplus = segments.at(-1)?.wildcard === "*" ? [] : parts.slice(segments.length);
  const endsWell = surplus.length === 0 || (surplus.length === 1 && surplus[0] === "");
  return endsWell && segments.every((segment, index) => fits(segment, parts[index]));
}

const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** The parameters of a path that the route matches. @throws URIError for bytes that are not percent-encoded UTF-8 */
export function readParams({ segments }: Route, path: string): Readonly<Record<string, string>> {
  if (segments.every(({ wildcard }) => wildcard === "")) return noParams;
  const parts = splitPath(path);
  const params: Record<string, string> = Object.create(null);
  for (const [index, { text, wildcard, name }] of segments.entries()) {
    if (wildcard === ":") params[name] = decodeURIComponent(parts[index] ?? "").slice(text.length);
    // As in gin, the value begins with the slash.
    if (wildcard === "*") params[name] = `/${decodeURIComponent(parts.slice(index).join("/"))}`;
  }
  return params;
}

/** Is a path the module's: below its base path, and not below a longer one of another module of the port? */
export function createPathCheck(
  base: readonly string[],
  others: readonly (readonly string[])[],
): (path: string) => boolean {
  const longer = others.filter(({ length }) => length > base.length);
  return (path) => {
    const parts = splitPath(path);
    const isBelow = (texts: readonly string[]) =>
      texts.every((text, index) => fits(plainSegment(text), parts[index]));
    return isBelow(base) && !longer.some(isBelow);
  };
}

const splitPath = (path: string): readonly string[] => path.split("/").slice(1);

/** A client may percent-encode any character of a segment (RFC 3986 §2.1). */
function fits({ text, wildcard }: Segment, part = ""): boolean {
  if (wildcard === "*") return true;
  const decoded = decode(part);
  if (wildcard === "") return part === text || decoded === text;
  return decoded.startsWith(text) && decoded.length > text.length;
}

/** What is malformed stays as it is: where it is a parameter, `readParams` refuses it. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

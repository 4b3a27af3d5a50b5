/** One segment of a route pattern as gin knows them. */
export type Segment =
  | { readonly kind: "static"; readonly text: string }
  /** `:name`, or `v:name` with a prefix: it takes the rest of the segment, at least one character. */
  | { readonly kind: "param"; readonly prefix: string; readonly name: string }
  /** `*name`: the rest of the path. */
  | { readonly kind: "rest"; readonly name: string };

/** Why a pattern is refused, to be told with the module's name. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/**
 * Parses a route pattern below a module's base path. Slashes are normalised: `/ws/`, `ws` and `//ws` are the same.
 * `\:` is a colon, as in gin.
 * @throws PatternError with gin's rules for wildcards
 */
export function parsePattern(base: readonly string[], pattern: string): readonly Segment[] {
  const texts = pattern.split("/").filter((text) => text !== "");
  const segments = texts.map((text, index) => parseSegment(text, index === texts.length - 1));
  const names = segments.flatMap((segment) => (segment.kind === "static" ? [] : [segment.name]));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PatternError(`the parameter ${twice} stands in it twice`);
  return [...base.map((text) => ({ kind: "static", text }) as const), ...segments];
}

function parseSegment(text: string, isLast: boolean): Segment {
  const wildcards = [...text.matchAll(/(?<!\\)[:*]/g)];
  const [first, second] = wildcards;
  if (first === undefined) return { kind: "static", text: plainColon(text) };
  if (second !== undefined) throw new PatternError("only one wildcard per path segment is allowed");
  const prefix = plainColon(text.slice(0, first.index));
  const name = text.slice(first.index + 1);
  if (name === "") throw new PatternError("a wildcard needs a name");
  if (first[0] === ":") return { kind: "param", prefix, name };
  if (!isLast) throw new PatternError("a catch-all is only allowed at the end of the path");
  if (prefix !== "") throw new PatternError("a catch-all needs a slash before it");
  return { kind: "rest", name };
}

const plainColon = (text: string): string => text.replaceAll("\\:", ":");

/** The pattern as it is shown: `/chat/rooms/:room`. */
export const formatPattern = (segments: readonly Segment[]): string =>
  segments
    .map((segment) => {
      if (segment.kind === "static") return `/${segment.text}`;
      return segment.kind === "param" ? `/${segment.prefix}:${segment.name}` : `/*${segment.name}`;
    })
    .join("") || "/";

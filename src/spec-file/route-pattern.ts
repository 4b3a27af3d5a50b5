/** One segment of a route, as in gin. A parameter may have a static prefix: `user_:name`; `\\:` is a colon. */
export type RouteSegment =
  | { readonly kind: "static"; readonly text: string }
  | { readonly kind: "parameter"; readonly prefix: string; readonly name: string }
  | { readonly kind: "catch-all"; readonly name: string };

/** A route's segments, or its problem as the rest of a sentence. */
export type ParsedRoute = { readonly segments: readonly RouteSegment[] } | { readonly problem: string };

/**
 * Reads a route pattern by gin's rules: empty segments do not count, a catch-all is a whole segment and the last one, names
 * are not empty and, since they are looked up by name, not repeated.
 */
export function parseRoute(pattern: string): ParsedRoute {
  const segments: RouteSegment[] = [];
  const names = new Set<string>();
  for (const text of pattern.split("/").filter((part) => part !== "")) {
    if (segments.at(-1)?.kind === "catch-all")
      return { problem: "has a segment after its catch-all, which must be the last" };
    const segment = parseSegment(text);
    if (typeof segment === "string") return { problem: segment };
    if (segment.kind !== "static") {
      if (names.has(segment.name)) return { problem: `has two parameters called '${segment.name}'` };
      names.add(segment.name);
    }
    segments.push(segment);
  }
  return { segments };
}

/** The address of a route below its module's flag, in one spelling for all that slashes can be written in: `/chat/rooms/:room`. */
export const joinRoute = (flag: string, url: string): string =>
  `/${[flag, ...url.split("/")].filter((segment) => segment !== "").join("/")}`;

function parseSegment(text: string): RouteSegment | string {
  const at = text.search(/(?<!\\)[:*]/);
  const prefix = (at === -1 ? text : text.slice(0, at)).replaceAll("\\:", ":");
  if (!isStatic(prefix)) return `has characters in '${prefix}' that are invalid in a path`;
  if (prefix === "." || prefix === "..")
    return `has the segment '${prefix}', which clients resolve before they send the request`;
  if (at === -1) return { kind: "static", text: prefix };
  const name = text.slice(at + 1);
  if (name === "") return `has a parameter without a name in '${text}'`;
  if (/[:*]/.test(name)) return `has more than one parameter in the segment '${text}'`;
  if (!isName(name))
    return `has the parameter name '${name}', which may only contain letters, digits, '_' and '-'`;
  if (text[at] === ":") return { kind: "parameter", prefix, name };
  return prefix === "" ? { kind: "catch-all", name } : `has no '/' before its catch-all '*${name}'`;
}

/** RFC 3986 §3.3 pchar without percent-encoding, and letters of other scripts, which are sent encoded. */
const isStatic = (text: string): boolean =>
  /^[\w.~!$&'()+,;=:@-]*$/.test(text) || /^[\p{L}\p{M}\p{N}._~!$&'()+,;=:@-]*$/u.test(text);
// Both try ASCII first: compiling a class of all letters takes longer than reading a spec.
const isName = (text: string): boolean => /^[\w-]+$/.test(text) || /^[\p{L}\p{M}\p{N}_-]+$/u.test(text);

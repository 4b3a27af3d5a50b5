import type { UrlSource } from "./client-options.js";

/** The values of a handshake that are a part of the URL. wsgen generates their types from the spec. */
export interface RouteValues {
  readonly params?: object | undefined;
  readonly query?: object | undefined;
}

/**
 * Returns the URL of one of a module's routes below a base URL (`wss://example.org`, also with a path), or the URL itself
 * without `params` and `query`. A route is a list of texts with the names of the parameters in between; `*name` is a catch-all.
 * The route with exactly these parameters is taken.
 * @throws TypeError if there is no such route, or for a parameter that no path can contain: `.`, `..`, half a surrogate pair, or an empty one that is not a catch-all
 */
export function addressOf(
  url: UrlSource,
  routes: readonly (readonly string[])[],
  { params, query }: RouteValues = {},
): UrlSource {
  if (!params && !query) return url;
  const values = present(params);
  const route = routes.find((parts) => {
    const names = namesOf(parts);
    return names.length === values.size && names.every((name) => values.has(name));
  });
  const given = [...values.keys()].join(", ") || "none";
  if (!route) throw noRoute(`No route has the parameters: ${given}.`);
  const path = route.map((part, index) => (index % 2 ? fill(part, values) : part)).join("");
  const complete = (base: string | URL): URL => {
    const address = new URL(base);
    address.pathname = address.pathname.replace(/[/]$/, "") + path;
    for (const [name, value] of present(query)) {
      for (const each of [value].flat()) address.searchParams.append(name, String(each));
    }
    return address;
  };
  return typeof url === "function" ? async () => complete(await url()) : complete(url);
}

const noRoute = (message: string): TypeError => Object.assign(new TypeError(message), { code: "no_route" });

const namesOf = (parts: readonly string[]): string[] =>
  parts.filter((_part, index) => index % 2).map((name) => name.replace("*", ""));

const present = (values: object = {}): Map<string, unknown> =>
  new Map(Object.entries(values).filter(([, value]) => value !== undefined));

function fill(name: string, values: ReadonlyMap<string, unknown>): string {
  const own = name.replace("*", "");
  const text = String(values.get(own));
  const isCatchAll = own !== name;
  // Not `\/`: wsgen compares this code in projects, and would take the end of that pattern for a comment.
  const segments = isCatchAll ? text.replace(/^[/]/, "").split("/") : [text];
  if (segments.some((segment) => /^\.{1,2}$|\p{Surrogate}/u.test(segment) || (!isCatchAll && segment === "")))
    throw noRoute(`The parameter ${own} is ${JSON.stringify(text)}, which no path can contain.`);
  return segments.map(encodeURIComponent).join("/");
}

import { posix } from "node:path";

/** The paths of a project's files. */
export interface PathSet {
  has(path: string): boolean;
  keys(): Iterable<string>;
}

/**
 * Finds the project file of a specifier, as NodeNext and bundlers do: `./say.js` is `say.ts`, `./commands` may be
 * `commands/index.ts`. For an alias (`@/chat/chat.module.js`, `#chat/chat.module.js`) it is the only file whose path ends
 * with the rest, regardless of tsconfig.json and package.json. Undefined for a package.
 */
export function resolveImport(paths: PathSet, importer: string, specifier: string): string | undefined {
  if (/^\.{1,2}(?:\/|$)/.test(specifier))
    return listCandidates(posix.join(posix.dirname(importer), specifier)).find((path) => paths.has(path));
  const tail = getAliasTail(specifier);
  if (tail === undefined) return undefined;
  const endings = new Set(listCandidates(tail).map((path) => `/${path}`));
  const lengths = new Set([...endings].map(({ length }) => length));
  const found = [...paths.keys()].filter((path) =>
    [...lengths].some((length) => endings.has(`/${path}`.slice(-length))),
  );
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Finds the project file of the URL path in a page's import: the only generated client with this name. The folders of
 * the web server are not known here.
 */
export function resolveServed(paths: PathSet, specifier: string): string | undefined {
  if (!/^\.{0,2}\/.*\.client\.gen\.[cm]?js$/.test(specifier)) return undefined;
  const names = listCandidates(posix.basename(specifier));
  const found = [...paths.keys()].filter((path) => names.includes(posix.basename(path)));
  return found.length === 1 ? found[0] : undefined;
}

/** The path after an alias. `@scope/name` may be a package, so `@scope` counts as an alias only with a second slash. */
export const getAliasTail = (specifier: string): string | undefined =>
  /^(?:[@~]|#[^/]*)\/(.+)$/.exec(specifier)?.[1] ?? /^[@~][^/]+\/(.+\/.+)$/.exec(specifier)?.[1];

const listCandidates = (path: string): string[] => {
  const stem = path.replace(/\.([cm]?)jsx?$/, ".$1ts");
  const typed = [stem, stem.replace(/\.ts$/, ".tsx"), path];
  return [...typed, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`];
};

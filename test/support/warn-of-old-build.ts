import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/**
 * Tests run on the sources, but for those that start another process, generate a project, or open a page in a browser: these
 * need what `npm run build` makes. `npm test` builds first; whoever runs vitest alone is told when that is too old.
 */
export function setup(): void {
  for (const [sources, built] of [
    ["src", "dist/cli.js"],
    ["runtime/src", "runtime/dist/index.js"],
  ] as const) {
    if (newest(path(sources)) > writtenAt(path(built)))
      console.warn(`${built} is older than ${sources}: run \`npm run build\` for tests in other processes.`);
  }
}

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => writtenAt(`${parentPath}/${name}`)),
  );

/** Milliseconds since 1970; 0 for what is not there. */
const writtenAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// The lockfile against the advisories that our libraries had (docs/security.md), and against install scripts.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, Locked>;
};

const floors = { ws: "8.21.1", koa: "3.1.2", handlebars: "4.7.9", yaml: "2.8.3" };

test.each(Object.entries(floors))("%s is at least %s wherever it is installed", (name, floor) => {
  const versions = Object.entries(lock.packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => version ?? "");
  expect(versions.length).toBeGreaterThan(0);
  for (const version of versions)
    expect(compare(version, floor), `${name} ${version}`).toBeGreaterThanOrEqual(0);
});

test("ws, whose private members the runtime reads, is between 8.23.0 and 8.24.0 for who installs it", () => {
  for (const path of ["", "runtime"]) {
    const asked = lock.packages[path];
    expect(asked?.dependencies?.ws ?? asked?.devDependencies?.ws, path).toBe("~8.23.0");
  }
  const { version = "" } = lock.packages["node_modules/ws"] ?? {};
  expect(compare(version, "8.23.0")).toBeGreaterThanOrEqual(0);
  expect(compare(version, "8.24.0")).toBeLessThan(0);
});

test("nothing that is installed needs an install script", () => {
  const withScript = Object.entries(lock.packages)
    // Optional native speed-ups (of ws, asked for by a test client): nothing is missing when their scripts do not run.
    .filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional)
    .map(([path]) => path);
  expect(withScript).toEqual([]);
});

function compare(one: string, other: string): number {
  const parts = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number);
  const [a, b] = [parts(one), parts(other)];
  return a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!;
}

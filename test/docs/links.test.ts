import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );

const withoutCode = (markdown: string): string => markdown.replace(/^```.*?^```$/gms, "");

test("every link within the documents leads to a file that is there, and to one of its headings", async () => {
  const names = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const documents = [
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    ...names.map((name) => `docs/${name}`),
    ...(await readdir(join(root, "examples"), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `examples/${name}/README.md`),
  ];
  const broken = documents.flatMap((document) => {
    const text = withoutCode(readFileSync(join(root, document), "utf8"));
    return [...text.matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([link, path = "", anchor]) => {
      const target = path === "" ? join(root, document) : join(root, dirname(document), path);
      const isThere =
        existsSync(target) &&
        (anchor === undefined || anchorsOf(withoutCode(readFileSync(target, "utf8"))).includes(anchor));
      return isThere ? [] : [`${document}: ${link}`];
    });
  });
  expect(broken).toEqual([]);
});

// Where `wsgen docs` writes, and what it leaves as it is.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runMain } from "../../support/run-main.js";

const spec = "wsgen: 1\nname: demo\nmodules: { chat: { port: 1, urls: [ws] } }\n";

/** A project with a spec alone, in a folder of its own. */
async function createProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-docs-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "wsgen.yaml"), spec);
  return project;
}

const names = ["contract.md", "index.html"];

test.each([
  { out: ".", folder: "." },
  { out: "./site//contract/", folder: "site/contract" },
  { out: "../site", folder: "../site" },
])("docs: --out $out writes to $folder", async ({ out, folder }) => {
  const project = await createProject();
  await mkdir(join(project, "../site"));
  expect(await runMain(project, ["docs", "--out", out])).toMatchObject({ code: 0, err: "" });
  const found = await readdir(join(project, folder));
  expect(found.filter((name) => name !== "wsgen.yaml" && name !== ".wsgen")).toEqual(
    expect.arrayContaining(names),
  );
});

test("docs: an absolute folder is written to, too", async () => {
  const project = await createProject();
  const out = join(project, "site");
  expect(await runMain(project, ["docs", "--out", out])).toMatchObject({ code: 0 });
  expect((await readdir(out)).sort()).toEqual(names);
});

test("docs: an empty folder name is refused", async () => {
  const project = await createProject();
  const { code, err } = await runMain(project, ["docs", "--out="]);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("'--out' needs a value") });
});

test("docs: line ends of a checkout are not a difference", async () => {
  const project = await createProject();
  await runMain(project, ["docs"]);
  for (const name of names) {
    const path = join(project, "contract-docs", name);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
  }
  expect(await runMain(project, ["docs", "--check"])).toMatchObject({ code: 0, err: "" });
});

test("docs: --force replaces a file that wsgen did not write", async () => {
  const project = await createProject();
  const path = join(project, "contract-docs/contract.md");
  await mkdir(join(project, "contract-docs"));
  await writeFile(path, "# Mine\n");
  expect(await runMain(project, ["docs"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("[not-ours]"),
  });
  expect(await readFile(path, "utf8")).toBe("# Mine\n");
  expect(await readdir(join(project, "contract-docs"))).toEqual(["contract.md"]);
  expect(await runMain(project, ["docs", "--force"])).toMatchObject({ code: 0 });
  expect(await readFile(path, "utf8")).toContain("# demo");
});

test("docs: generate and check know nothing of the files", async () => {
  const project = await createProject();
  await runMain(project, ["generate"]);
  await runMain(project, ["docs"]);
  await writeFile(join(project, "contract-docs/contract.md"), "old");
  expect(await runMain(project, ["check"])).toMatchObject({ code: 0 });
});

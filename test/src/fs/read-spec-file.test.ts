// The files that a spec refers to, on a real disk: only regular files below the folder of the spec are read.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSpecFile } from "../../../src/fs/read-spec-file.js";
import { readModel } from "../../../src/read-model.js";

const user = "User: { type: string }\n";

/** A folder with these files. The spec in `home` refers to one of them. */
function project(path: string, files: Readonly<Record<string, string>> = {}, home = "home"): string {
  const root = mkdtempSync(join(tmpdir(), "wsgen-spec-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const spec = `wsgen: 1\nname: app\nschemas: { A: { $ref: '${path}' } }\n`;
  for (const [name, text] of Object.entries({ [`${home}/wsgen.yaml`]: spec, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

async function read(root: string, spec = "home/wsgen.yaml") {
  const { value } = await readSpecFile(root, spec);
  const { diagnostics } = readModel(value!);
  return {
    files: [...(value?.files ?? [])],
    problems: diagnostics.map(({ message, code }) => `${code}: ${message}`),
  };
}

test("reads a file below the folder of the spec, which may be outside of the project", async () => {
  const root = project("./schemas/user.yaml#/User", { "home/schemas/user.yaml": user, "app/x": "" });
  const want = { files: [["schemas/user.yaml", Buffer.from(user)]], problems: [] };
  expect(await read(root)).toEqual(want);
  expect(await read(join(root, "app"), "../home/wsgen.yaml")).toEqual(want);
});

test("follows a link that stays in the folder", async () => {
  const root = project("./schemas/user.yaml#/User", { "home/real/user.yaml": user });
  symlinkSync("real", join(root, "home/schemas"));
  expect((await read(root)).problems).toEqual([]);
});

test.each([
  ["a file outside", (root: string) => symlinkSync("../secret.yaml", join(root, "home/user.yaml"))],
  [
    "a file outside, by its absolute path",
    (root: string) => symlinkSync(join(root, "secret.yaml"), join(root, "home/user.yaml")),
  ],
  ["a folder outside", (root: string) => symlinkSync("..", join(root, "home/up")), "./up/secret.yaml#/User"],
  [
    "a folder whose name begins with that of the spec's",
    (root: string) => symlinkSync("../home2/secret.yaml", join(root, "home/user.yaml")),
  ],
])("refuses a link to %s", async (_title, link, path = "./user.yaml#/User") => {
  const root = project(path, { "secret.yaml": user, "home2/secret.yaml": user });
  link(root);
  const { files, problems } = await read(root);
  expect(files).toEqual([[expect.anything(), expect.objectContaining({ code: "outside-project" })]]);
  expect(problems).toEqual([expect.stringMatching(/^outside-project: .* is a link that leaves the folder/)]);
});

test.each<[string, (root: string) => void, RegExp]>([
  ["a missing file", () => {}, /^unknown-reference: user\.yaml was not found/],
  [
    "a folder",
    (root) => mkdirSync(join(root, "home/user.yaml")),
    /^unknown-reference: .* is not a regular file/,
  ],
  [
    "a broken link",
    (root) => symlinkSync("none.yaml", join(root, "home/user.yaml")),
    /^unknown-reference: .* not found/,
  ],
  [
    "a circle of links",
    (root) => symlinkSync("user.yaml", join(root, "home/user.yaml")),
    /^spec-unreadable: .* cannot be read/,
  ],
  ["a device", (root) => symlinkSync("/dev/zero", join(root, "home/user.yaml")), /^outside-project: /],
  [
    "a file that is too large",
    (root) => {
      writeFileSync(join(root, "home/user.yaml"), user);
      truncateSync(join(root, "home/user.yaml"), 2 ** 31);
    },
    /^spec-unreadable: .* more than 2 MiB/,
  ],
])("refuses %s", async (_title, make, message) => {
  const root = project("./user.yaml#/User");
  make(root);
  expect((await read(root)).problems).toEqual([expect.stringMatching(message)]);
});

test("a file in place of a folder is not found", async () => {
  const root = project("./a.yaml/user.yaml#/User", { "home/a.yaml": user });
  expect((await read(root)).problems).toEqual([expect.stringMatching(/^unknown-reference: .* not found/)]);
});

test("a spec that is too large is not loaded", async () => {
  const root = project("./user.yaml#/User");
  truncateSync(join(root, "home/wsgen.yaml"), 2 * 2 ** 20 + 1);
  const { value, diagnostics } = await readSpecFile(root, "home/wsgen.yaml");
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([
    {
      code: "spec-unreadable",
      message: "home/wsgen.yaml has 2097153 bytes, expected at most 2097152 (2 MiB).",
    },
  ]);
});

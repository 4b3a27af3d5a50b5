// A dashboard and alert rules are only printed, so the file that they went to has a check of its own.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runMain } from "../../support/run-main.js";

const spec = `wsgen: 1
name: demo
modules:
  chat: { port: 1, urls: [ws], config: { metrics: { prometheus: { port: 9464 } } } }
`;

test.each(["dashboard", "alerts"])(
  "monitoring %s --check: reports a file that is missing or stale",
  async (what) => {
    const project = await mkdtemp(join(tmpdir(), "wsgen-monitoring-"));
    onTestFinished(() => rm(project, { recursive: true }));
    await writeFile(join(project, "wsgen.yaml"), spec);
    const check = () => runMain(project, ["monitoring", what, "--check", "printed.txt"]);
    expect(await check()).toMatchObject({
      code: 1,
      err: expect.stringContaining("printed.txt does not exist."),
    });

    const { out } = await runMain(project, ["monitoring", what]);
    const printed = join(project, "printed.txt");
    await writeFile(printed, out);
    expect(await check()).toMatchObject({ code: 0, err: "" });

    await writeFile(printed, (await readFile(printed, "utf8")).replace("demo", "older"));
    const { code, err } = await check();
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining("does not match the spec. [stale-file]"),
    });
    expect(err).toContain(`npx wsgen monitoring ${what} > printed.txt`);
  },
);

test("monitoring: an empty file name is refused", async () => {
  const { code, err } = await runMain("/", ["monitoring", "alerts", "--check="]);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("'--check' needs a value") });
});

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const optional = new Set(["@msgpack", "@opentelemetry", "redis", "@redis"]);

const program = (imported: string, option: string) => `
import { newWebsocketServe, ${imported} } from "./runtime/index.js";
newWebsocketServe({
  connect() {},
  disconnect() {},
  close() {},
  handshakeURL: () => ["ws"],
  getCommandList: () => [],
  getModuleFlag: () => "packed",
  getServerPort: () => 0,
  getWSServerConfig: () => [${option}],
});
`;

/** The runtime as npm installs it without its optional packages. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "missing-packages-"));
  await cp(join(root, "runtime/dist"), join(folder, "runtime"), { recursive: true });
  await mkdir(join(folder, "node_modules"));
  const installed = await readdir(join(root, "node_modules"));
  for (const name of installed.filter((name) => !optional.has(name))) {
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true }));

const metricsPackages =
  "@opentelemetry/api @opentelemetry/sdk-metrics@2 @opentelemetry/exporter-prometheus@0.223";

test.each([
  ["setCodec", 'setCodec("msgpack")', "envelope: The codec msgpack needs a package.", "@msgpack/msgpack"],
  ["enableMetrics", "enableMetrics()", "metrics needs a package.", "@opentelemetry/api"],
  ["enableMetrics", "enableMetrics({ prometheus: {} })", "metrics needs a package.", metricsPackages],
  ["enableTraces", "enableTraces()", "traces needs a package.", "@opentelemetry/api"],
])(
  "%s: a package that is not installed stops the start, with what to install",
  async (imported, option, text, packages) => {
    const main = join(folder, `${imported}.js`);
    await writeFile(main, program(imported, option));
    const ended = promisify(execFile)(process.execPath, [main]);
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`module "packed": ${text} Run npm install ${packages}.`),
    });
  },
);

test("the guide says the same packages of metrics", async () => {
  const guide = await readFile(join(root, "docs/runtime.md"), "utf8");
  expect(guide.replaceAll(/\s+/g, " ")).toContain(`npm install ${metricsPackages}`);
  const { peerDependencies } = JSON.parse(await readFile(join(root, "runtime/package.json"), "utf8"));
  expect(peerDependencies["@opentelemetry/sdk-metrics"]).toMatch(/^\^2\./);
  expect(peerDependencies["@opentelemetry/exporter-prometheus"]).toMatch(/^\^0\.223\./);
});

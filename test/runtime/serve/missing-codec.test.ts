import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const program = `
import { newWebsocketServe, setCodec } from "./runtime/index.js";
newWebsocketServe({
  connect() {},
  disconnect() {},
  close() {},
  handshakeURL: () => ["ws"],
  getCommandList: () => [],
  getModuleFlag: () => "packed",
  getServerPort: () => 0,
  getWSServerConfig: () => [setCodec("msgpack")],
});
`;

test("a module whose codec is not installed stops the start by name, with what to install", async () => {
  const folder = await mkdtemp(join(tmpdir(), "missing-codec-"));
  try {
    await cp(join(root, "runtime/dist"), join(folder, "runtime"), { recursive: true });
    await mkdir(join(folder, "node_modules"));
    const installed = await readdir(join(root, "node_modules"));
    for (const name of installed.filter((name) => name !== "@msgpack")) {
      await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
    }
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "main.js"), program);
    const ended = promisify(execFile)(process.execPath, [join(folder, "main.js")]);
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'module "packed": envelope: The codec msgpack needs a package. Run npm install @msgpack/msgpack.',
      ),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

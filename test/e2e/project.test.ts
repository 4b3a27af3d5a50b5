// As a new user would: both packages packed, a project made outside the repository, installed, compiled with
// `skipLibCheck: false`, started, and talked to with a real client. Everything runs from the packed files.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../support/free-port.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);

describe("wsgen new project", () => {
  let parent: string;
  let app: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "wsgen-e2e-"));
    app = join(parent, "my-app");
    await execute(process.execPath, [join(root, "bin/wsgen.js"), "new", "project", app]);
  }, 240_000);
  afterAll(() => rm(parent, { recursive: true, force: true }));

  test("installs the two packages from tarballs", async () => {
    expect(await readdir(join(app, "vendor"))).toEqual(["wsgen-0.1.0.tgz", "wsgen-runtime-0.1.0.tgz"]);
    const { dependencies } = JSON.parse(await readFile(join(app, "package.json"), "utf8"));
    expect(dependencies["wsgen-runtime"]).toBe("file:vendor/wsgen-runtime-0.1.0.tgz");
  });

  test("the project passes its tests and check, and runs no file of an earlier build", async () => {
    await npm("test");
    await writeFile(
      join(app, "dist/test/gone.test.js"),
      'throw new Error("I am of a module that is gone.");',
    );
    await npm("test");
    await npm("run", "check");
  });

  test("takes a module and a command from the project's own wsgen, and answers a client", async () => {
    const port = await freePort();
    await npx("wsgen", "new", "module", "chat", "--port", String(port), "--url", "ws");
    await npx("wsgen", "add", "command", "chat", "ping");
    await movePort(await freePort());
    await npm("run", "check");
    await npm("run", "build");

    const server = start();
    try {
      const client = await connect(`ws://127.0.0.1:${port}/chat/ws`);
      client.send('{"command":"ping"}');
      const [answer] = await once(client, "message");
      expect(JSON.parse(answer.toString())).toMatchObject({
        command: "ping",
        error: { code: "not_implemented" },
      });
      client.close();
    } finally {
      await stop(server);
    }
    expect(server.exitCode).toBe(0);
  });

  test("a test names the command that is not written yet, and passes when it is", async () => {
    const command = "src/modules/chat/commands/ping.command.ts";
    await expect(npm("test")).rejects.toMatchObject({
      stdout: expect.stringContaining(
        `The command "ping" is not written yet: fill in execute() in ${command}`,
      ),
    });
    const stub = await readFile(join(app, command), "utf8");
    await writeFile(
      join(app, command),
      stub.replace('throw new NotImplementedError("ping")', 'return "pong"'),
    );
    await npm("test");
  });

  test("does not compile when a command gives a wrong reply", async () => {
    const file = join(app, "src/modules/example/commands/ping.command.ts");
    const before = await readFile(file, "utf8");
    await writeFile(file, before.replace('{ ping: "pong" }', '{ ping: "wrong" }'));
    try {
      await expect(npm("run", "build")).rejects.toMatchObject({ stdout: expect.stringContaining("TS2322") });
    } finally {
      await writeFile(file, before);
    }
  });

  test("can be moved, and installed again from what was committed", async () => {
    const moved = join(parent, "moved");
    await cp(app, moved, { recursive: true, filter: (path) => !/[/\\](node_modules|dist)$/.test(path) });
    await execute("npm", ["ci"], { cwd: moved });
    await execute("npm", ["run", "build"], { cwd: moved });
  });

  const npm = (...args: string[]) => execute("npm", args, { cwd: app });
  const npx = (...args: string[]) => execute("npx", args, { cwd: app });

  /** Moves the example to another port in the spec, and the code after it: 10099 may be taken on this machine. */
  async function movePort(port: number): Promise<void> {
    const spec = join(app, "wsgen.yaml");
    await writeFile(spec, (await readFile(spec, "utf8")).replace("port: 10099", `port: ${port}`));
    await npx("wsgen", "generate");
  }

  const start = (): ChildProcess =>
    spawn(process.execPath, ["dist/src/main.js"], { cwd: app, stdio: ["ignore", "ignore", "inherit"] });

  async function stop(server: ChildProcess): Promise<void> {
    if (server.exitCode !== null) return;
    const closed = once(server, "close");
    server.kill("SIGTERM");
    await closed;
  }
});

/** Connects as soon as the server listens. */
async function connect(url: string, deadline = Date.now() + 20_000): Promise<WebSocket> {
  const client = new WebSocket(url);
  try {
    await once(client, "open");
    return client;
  } catch (error) {
    if (Date.now() > deadline) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return connect(url, deadline);
  }
}

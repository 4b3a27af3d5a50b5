// The curl lines of the guide, run as they stand against a server, but for its port.
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { enableAdmin, enableConsoleLog, setLogLevel } from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineModule } from "../runtime/serve/define-module.js";
import { skipHere } from "../support/skip-unless.js";
import { readBlocks } from "./read-blocks.js";

const token = "0123456789abcdef0123";
const lines = readBlocks().filter(({ language, words }) => language === "sh" && words.includes("admin"));

test("the commands for the admin API do what the guide says", async (context) => {
  if (!hasCurl()) skipHere(context, "the commands for the admin API", "apt-get install curl");
  await using server = await startModules(
    defineModule({
      flag: "chat",
      // Nothing of this level is logged.
      config: [enableAdmin(0, { token }), enableConsoleLog(true), setLogLevel("fatal")],
      connect: (ctx) => {
        ctx.join("lobby");
        ctx.send(ctx.id);
      },
    }),
  );
  const [one, two] = await Promise.all([
    connectClient(server.url("/chat/ws")),
    connectClient(server.url("/chat/ws")),
  ]);
  const id = String(await one.next());
  await two.next();

  const script = [
    "curl() { command curl --silent --show-error --fail-with-body --write-out '\\n' \"$@\"; }",
    ...lines.map(({ text }) => text.replaceAll(":9000/", `:${server.serve.admin?.port}/`)),
  ];
  const env = { ...process.env, ADMIN_TOKEN: token, ID: id };
  const { stdout } = await promisify(execFile)("sh", ["-ec", script.join("\n")], { env });
  const answers = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

  expect(answers).toMatchObject([
    { modules: [{ flag: "chat", connections: 2 }] },
    { connections: [{ rooms: ["lobby"] }, { module: "chat" }], total: 2 },
    { id, queue: { bufferedBytes: 0 } },
    { delivered: 2, gone: [] },
    { results: [{ delivered: 1, gone: [] }] },
    { changed: 1, refused: 0 },
    { changed: 1, refused: 0 },
    { dryRun: true, count: 2 },
    { closed: 1 },
    // Two while the closing handshake of the first is still under way.
    { closed: expect.toBeOneOf([1, 2]) },
    { dryRun: true, modules: [{ module: "chat", level: "debug", configured: "fatal" }] },
    { dryRun: true, state: "serving" },
    { state: "serving" },
    { entries: Array(5).fill({ by: "admin" }) },
    { status: "alive" },
    { status: "ready" },
  ]);
  const notice = { event: "notice", data: { text: "Back in five minutes." } };
  expect(await one.next()).toEqual(notice);
  expect((await one.closed).code).toBe(1000);
  expect([await two.next(), await two.next(), await two.next()]).toEqual([
    notice,
    { any: "thing" },
    { retryInSeconds: 30 },
  ]);
  expect(await two.closed).toEqual({ code: 1012, reason: "restart" });
});

function hasCurl(): boolean {
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

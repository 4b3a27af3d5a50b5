// The inspector in a browser, on a generated project: what somebody on call sees, finds, tries and exports.
// UPDATE=1 writes the screenshots of the documents anew.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import axe from "axe-core";
import type { ConsoleMessage, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connectClient, type TestClient } from "wsgen-runtime/testing";
import { inBrowser, launchBrowser } from "../runtime/interop/browser.js";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { freePort } from "../support/free-port.js";

/** Serves the chat on a port of the test's, and modules with other envelopes. */
const serveChat = `import * as runtime from "wsgen-runtime";
import { ChatModule } from "./dist/src/modules/chat/chat.module.js";
const port = Number(process.argv[2]);
class ChatHere extends ChatModule {
  getServerPort() { return port; }
}
const echoes = (flag, option) => ({
  connect() {}, disconnect() {}, close() {},
  handshakeURL: () => ["ws"],
  getCommandList: () => [{ getCommand: () => "echo", getConfigOption: () => [], execute: (_ctx, data) => ({ got: data }) }],
  getModuleFlag: () => flag,
  getServerPort: () => port,
  getWSServerConfig: () => [option],
});
const ownForm = { command: (m) => m.say?.[0], data: (m) => m.say?.[1], reply: (_call, result) => ["reply", result] };
runtime.closeOnSignals(await runtime.newWebsocketServe(
  new ChatHere(),
  echoes("renamed", runtime.setEnvelope({ command: "do", correlation: "nr" })),
  echoes("rpc", runtime.setEnvelope(runtime.jsonRpcEnvelope)),
  echoes("packed", runtime.setCodec("msgpack")),
  echoes("own", runtime.setEnvelope(ownForm)),
));
`;

/** A mistake of somebody who writes the command. */
const bug = 'if (text === "bug") throw new Error("a bug");';
const firstLine = "if (!ctx.rooms.has(room)) throw chatErrors.notInRoom({ room });";

const run = promisify(execFile);
const image = (name: string) => fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));

inBrowser.describe("the inspector", () => {
  let example: BuiltExample;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let server: ChildProcess;
  let chatUrl: string;
  let inspectorUrl: string;
  let page: Page;
  let complaints: string[];
  const clients: TestClient[] = [];

  beforeAll(async () => {
    example = await buildExample();
    await writeFile(join(example.folder, "serve-chat.js"), serveChat);
    await editSay(firstLine, `${bug}\n    ${firstLine}`);
    browser = await launchBrowser();
    const port = await freePort();
    chatUrl = `ws://127.0.0.1:${port}/chat/ws`;
    server = spawn(process.execPath, ["--import", "wsgen-runtime/inspector", "serve-chat.js", String(port)], {
      cwd: example.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    inspectorUrl = await readUrl(server);
  }, 120_000);
  afterAll(async () => {
    server?.kill("SIGKILL");
    await browser?.close();
    await example?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    page = await browser.context.newPage();
    complaints = [];
    page.on("console", (line: ConsoleMessage) => {
      if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]();
    await page.close();
    // No error, and nothing that the policy of the page has refused.
    expect(complaints).toEqual([]);
  });

  /** Changes the command `say`, and compiles the project. */
  async function editSay(from: string, to: string): Promise<void> {
    const path = join(example.folder, "src/modules/chat/commands/say.command.ts");
    const code = await readFile(path, "utf8");
    expect(code).toContain(from);
    await writeFile(
      path,
      code.replace(from, () => to),
    );
    await compile();
  }

  const compile = (): Promise<unknown> =>
    run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: example.folder });

  async function openPage(view = ""): Promise<void> {
    await page.goto(`${inspectorUrl}#${view}`);
    await page.getByRole("status").getByText("ready").waitFor();
  }

  async function enter(name: string): Promise<TestClient> {
    const client = await connectClient(`${chatUrl}?name=${name}`);
    clients.push(client);
    return client;
  }

  test("a new connection is shown within a second or two, with the module that it is in", async () => {
    await openPage();
    const chat = page.getByRole("article", { name: "Module chat" });
    await chat.getByText("0 connections").waitFor({ timeout: 10_000 });
    const startMs = performance.now();
    await enter("ann");
    await chat.getByText("1 connection").waitFor();
    // A report each second, on a machine that may be busy.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    await page.getByText("/chat/rooms/:room").waitFor();
  });

  test("a command is sent by its form, and its reply and events are shown", async () => {
    await openPage("try/chat");
    await page.getByLabel("path and query").fill("/chat/ws?name=ann");
    await page.getByLabel("path and query").blur();
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("open", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "command" }).selectOption("ping");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("list", { name: "Messages" }).getByText("pong").waitFor();
    // The fields of the spec, filled in with its example. Everybody in the room gets the event.
    await page.getByRole("combobox", { name: "command" }).selectOption("say");
    await page.getByRole("textbox", { name: "room" }).waitFor();
    expect(await page.getByRole("textbox", { name: "room" }).inputValue()).toBe("lobby");
    await page.getByRole("textbox", { name: "text" }).fill("from the inspector");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(/"event": "message"[\s\S]*from the inspector/).waitFor();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText(/closed: 1005/).waitFor();
  });

  test.each([
    ["renamed", '{"text":"hi"}', /"do": "echo",\s*"nr": 1/],
    ["rpc", '{"text":"hi"}', /"jsonrpc": "2.0",\s*"result"/],
    ["packed", '{"text":"hi"}', /"command": "echo",\s*"id": 1/],
    ["own", '{"say":["echo",{"text":"hi"}]}', /"reply",/],
  ])("a command of a module with an envelope of its own is sent: %s", async (flag, fields, reply) => {
    await openPage(`try/${flag}`);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("open", { exact: true }).waitFor();
    await page.getByLabel("fields, as JSON").fill(fields);
    await page.getByRole("button", { name: "Send" }).click();
    const received = page.getByRole("list", { name: "Messages" }).locator(".received").first();
    await received.waitFor();
    const text = await received.textContent();
    expect(text).toMatch(reply);
    expect(text).toMatch(/"got": \{\s*"text": "hi"/);
  });

  test("links to the page of wsgen docs, as soon as there is one", async () => {
    await openPage("try/chat");
    // The forms know the contract.
    await page.getByRole("combobox", { name: "command" }).selectOption("say");
    await page.getByRole("textbox", { name: "room" }).waitFor();
    expect(await page.getByText("Documentation of the contract").count()).toBe(0);
    const spec = fileURLToPath(new URL("../../examples/chat/wsgen.yaml", import.meta.url));
    const wsgen = fileURLToPath(new URL("../../bin/wsgen.js", import.meta.url));
    await run(process.execPath, [wsgen, "docs", "--spec", spec], { cwd: example.folder });
    await page.reload();
    await page.getByRole("link", { name: "Documentation of the contract" }).click();
    await page.getByRole("heading", { name: "say" }).first().waitFor();
  });

  test("a client that breaks the contract is found, with the frame and what is wrong with it", async () => {
    const client = await enter("eve");
    await openPage();
    const timer = setInterval(() => client.send({ command: "say", room: "lobby", text: "", id: 1 }), 300);
    await page.getByText("breaks the contract").waitFor();
    await page.locator(".suspects a").first().click();
    const problem = page.locator(".problem").first();
    await problem.waitFor();
    clearInterval(timer);
    expect(await problem.textContent()).toContain("/text must");
    // Its error is paired with it.
    await page
      .getByText(/^answers #\d+$/)
      .first()
      .waitFor();
  });

  test("a drain is tried without effect, and says how many connections it would close", async () => {
    await enter("ann");
    await openPage("deploy");
    await page.getByRole("button", { name: "Try without effect" }).click();
    await page.getByText(/Nothing was done\. A drain would close \d+ connections?\./).waitFor();
    await page.getByText("ready", { exact: true }).first().waitFor();
  });

  test("an operator closes a connection", async () => {
    const client = await enter("eve");
    // Those of earlier tests have left.
    const readTotal = async () => (await (await fetch(new URL("../connections", inspectorUrl))).json()).total;
    await expect.poll(readTotal).toBe(1);
    await openPage("connections");
    await page.getByRole("row").nth(1).getByRole("link").click();
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Close the connection" }).click();
    expect(await client.closed).toMatchObject({ code: 1008, reason: "closed by an operator" });
    await page.getByText("Closed with 1008").waitFor();
  });

  test("markup in a frame is shown as text", async () => {
    const client = await enter("mallory");
    await openPage();
    const timer = setInterval(() => client.send({ command: "<img src=x onerror=alert(1)>", id: 1 }), 300);
    await page.getByText("breaks the contract").waitFor();
    await page.locator(".suspects a").first().click();
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    clearInterval(timer);
    expect(await page.locator("main img").count()).toBe(0);
  });

  test("a failed command is exported as a test that is red until the bug is fixed, and as HAR", async () => {
    const client = await enter("ann");
    await openPage();
    const timer = setInterval(() => client.send({ command: "say", room: "lobby", text: "bug", id: 1 }), 300);
    await page.getByText("fails", { exact: true }).waitFor();
    await page.locator(".suspects a").first().click();
    await page.getByText("failed", { exact: true }).first().waitFor();
    clearInterval(timer);
    await page.getByRole("button", { name: "Pause" }).click();

    const har = JSON.parse(await download("Export as HAR"));
    expect(har.log.entries[0]._webSocketMessages[0]).toMatchObject({ opcode: 1, data: expect.any(String) });

    await writeFile(join(example.folder, "test/recorded.test.ts"), await download("Export as test"));
    await compile();
    await expect(
      run(process.execPath, ["--test", "dist/test/recorded.test.js"], { cwd: example.folder }),
    ).rejects.toThrow();
    await editSay(bug, "");
    const { stdout } = await run(process.execPath, ["--test", "dist/test/recorded.test.js"], {
      cwd: example.folder,
    });
    expect(stdout).toMatch(/pass [1-9]/);
  }, 120_000);

  async function download(button: string): Promise<string> {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: button }).click(),
    ]);
    return readFile(await file.path(), "utf8");
  }

  test.each(["light", "dark"] as const)(
    "nothing serious for a screen reader, with %s colours",
    async (colorScheme) => {
      const client = await enter("eve");
      client.send({ command: "say", room: "lobby", text: "", id: 1 });
      await page.emulateMedia({ colorScheme });
      for (const view of ["overview", "connections", "try/chat", "deploy"]) {
        await openPage(view);
        await page.waitForTimeout(1_500);
        // By the protocol of the browser, which the policy of the page does not concern.
        await page.evaluate(axe.source);
        const { violations } = (await page.evaluate("axe.run()")) as AxeResult;
        const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        expect(serious, `${view} in ${colorScheme}`).toEqual([]);
      }
    },
  );

  test("the views are reached by the keyboard", async () => {
    await openPage();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    for (let n = 0; n < 2; n += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Try it" }).waitFor();
  });

  const takeScreenshots = async () => {
    await page.setViewportSize({ width: 1_200, height: 900 });
    await openPage();
    const [eve, ...others] = await Promise.all(["eve", "ann", "bob", "cat", "dan"].map(enter));
    const timer = setInterval(() => {
      eve?.send({ command: "say", room: "lobby", text: "", id: 1 });
      for (const other of others) other.send({ command: "ping" });
      others[0]?.send({ command: "say", room: "lobby", text: "Who is there?", id: 2 });
    }, 400);
    await page.waitForTimeout(15_000);
    await writeFile(image("inspector"), await page.screenshot());
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator(".suspects a").first().click();
    await page.waitForTimeout(3_000);
    await writeFile(image("inspector-connection"), await page.screenshot());
    clearInterval(timer);
  };
  if (process.env.UPDATE === "1") test("the screenshots of the documents", takeScreenshots, 60_000);
});

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly object[];
  }[];
}

/** Waits for the line of the log with the address. */
async function readUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("The server has no output.");
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const { msg, url } = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
    if (msg === "inspector" && url !== undefined) {
      // Its later lines are read, and dropped.
      stdout.resume();
      return url;
    }
  }
  throw new Error("The server has ended.");
}

// Two windows of a browser on the page of the chat example, with the generated client, through restarts of the server.
// UPDATE=1 writes the screenshot of the README anew.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { inBrowser, launchBrowser } from "../runtime/interop/browser.js";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { freePort } from "../support/free-port.js";

/** Serves the chat on a port of the test's; says so when it listens. */
const serveChat = `import { randomUUID } from "node:crypto";
import { setTimeout as passed } from "node:timers/promises";
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { chatEvents } from "./dist/src/modules/chat/chat.gen.js";
import { ChatModule } from "./dist/src/modules/chat/chat.module.js";
class ChatHere extends ChatModule {
  getServerPort() { return Number(process.argv[2]); }
  getCommandList() {
    const commands = super.getCommandList();
    const say = commands.find((command) => command.getCommand() === "say");
    const execute = say.execute.bind(say);
    say.execute = (ctx, data) => {
      const steps = /in this order: (.*)/.exec(data.text);
      return steps ? inOrder(ctx, data, steps[1].split(", ")) : execute(ctx, data);
    };
    return commands;
  }
}
/** The event, the reply and a cut of all connections, as the text says. */
function inOrder(ctx, { room, text }, steps) {
  const message = { id: randomUUID(), room, from: ctx.state.name, text, sentAt: new Date().toISOString() };
  const take = {
    event: () => void chatEvents(ctx).message.room(room).emit(message),
    cut: () => ctx.module.all.close(4000),
    leave: () => ctx.leave(room),
  };
  return new Promise(async (resolve) => {
    for (const step of steps) {
      if (step === "reply") resolve({ id: message.id, delivered: 1 });
      else take[step]();
      await passed(20);
    }
  });
}
closeOnSignals(await newWebsocketServe(new ChatHere()));
process.send("listening");
`;

/** Notes texts of which there is more than one line at some time. */
const watchForDoubles = `
  globalThis.doubles = [];
  new MutationObserver(() => {
    const texts = [...document.querySelectorAll("#messages li")].map((item) => item.lastChild.textContent);
    doubles.push(...texts.filter((text, index) => texts.indexOf(text) !== index));
  }).observe(document.querySelector("#messages"), { childList: true });
`;

const screenshot = fileURLToPath(new URL("../../docs/chat-demo.png", import.meta.url));

inBrowser.describe("the page of the chat example", () => {
  let example: BuiltExample;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let port: number;
  let server: ChildProcess;

  beforeAll(async () => {
    example = await buildExample();
    await writeFile(join(example.folder, "serve-chat.js"), serveChat);
    port = await freePort();
    browser = await launchBrowser();
    await startServer();
  }, 60_000);
  afterAll(async () => {
    await stopServer();
    await browser.close();
    await example[Symbol.asyncDispose]();
  });

  async function startServer(): Promise<void> {
    server = spawn(process.execPath, [join(example.folder, "serve-chat.js"), String(port)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(server, "message");
  }

  async function stopServer(): Promise<void> {
    server.kill("SIGTERM");
    await once(server, "exit");
  }

  async function openAs(name: string): Promise<Page> {
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: 480, height: 400 });
    onTestFinished(() => page.close());
    await page.goto(`http://127.0.0.1:${port}/chat/web`);
    await page.fill("input[name=name]", name);
    await page.click("#join button");
    await isIn(page, "open");
    return page;
  }

  const isIn = (page: Page, state: string) => page.waitForSelector(`#state[data-state=${state}]`);
  const say = async (page: Page, text: string) => {
    await page.fill("input[name=text]", text);
    await page.press("input[name=text]", "Enter");
  };
  /** Waits for the text as a message that the server has. */
  const hears = (page: Page, text: string) =>
    page.locator("#messages li:not(.pending):not(.failed)", { hasText: text }).waitFor();
  const textsOf = (page: Page) =>
    page.locator("#messages li").evaluateAll((items) => items.map((item) => item.lastChild?.textContent));

  test("lets two people talk, while the server goes away and comes back", async () => {
    const ann = await openAs("ann");
    await say(ann, "Is anybody here?");
    const bob = await openAs("bob");
    await hears(bob, "Is anybody here?");
    await say(bob, "I am! Ça va?");
    await hears(ann, "Ça va?");

    await stopServer();
    await Promise.all([isIn(ann, "waiting"), isIn(bob, "waiting")]);
    await say(ann, "This waits for the server.");
    await ann.locator("li.pending", { hasText: "This waits" }).waitFor();
    const offline = await shoot(ann, bob);
    await startServer();
    await Promise.all([hears(ann, "This waits"), hears(bob, "This waits")]);
    await say(bob, "And here it is.");
    await hears(ann, "And here it is.");
    if (process.env.UPDATE === "1") await takePicture([...offline, ...(await shoot(ann, bob))]);
    await say(ann, "你好 <b>👋</b>");
    await hears(bob, "你好 <b>👋</b>");
    const said = ["Is anybody here?", "I am! Ça va?", "This waits for the server.", "And here it is."];
    const all = [...said, "你好 <b>👋</b>"];
    expect([await textsOf(ann), await textsOf(bob)]).toEqual([all, all]);
  }, 60_000);

  test("shows why a message was not delivered, by the code of its error", async () => {
    const ann = await openAs("ann");
    await say(ann, "in this order: reply, leave");
    await hears(ann, "in this order: reply, leave");
    await expect
      .poll(async () => {
        await say(ann, "Does anybody hear me?");
        return ann.locator("li.failed").count();
      })
      .toBeGreaterThan(0);
    expect(await ann.locator("li.failed").first().getAttribute("title")).toBe(
      "Not delivered: you are not in the room lobby.",
    );
  }, 60_000);

  test("shows each message once at any time, whatever of its event, its reply and a cut comes first", async () => {
    const [ann, bob] = [await openAs("ann"), await openAs("bob")];
    await ann.evaluate(watchForDoubles);
    const before = (await textsOf(ann)).length;
    const orders = [
      "event, reply",
      "reply, event",
      "event, cut, reply",
      "cut, event, reply",
      "cut, reply, event",
      "reply, cut, event",
      "reply, event, cut",
      "event, reply, cut",
    ];
    const said = orders.map((order) => `in this order: ${order}`);
    for (const text of said) {
      await Promise.all([isIn(ann, "open"), isIn(bob, "open")]);
      await say(ann, text);
      await Promise.all([hears(ann, text), hears(bob, text)]);
    }
    expect((await textsOf(ann)).slice(before)).toEqual(said);
    expect((await textsOf(bob)).slice(before)).toEqual(said);
    expect(await ann.evaluate("globalThis.doubles")).toEqual([]);
  }, 60_000);

  test("serves nothing but its files", async () => {
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}/chat/web${path}`)).status;
    expect(await statusOf("/chat.css")).toBe(200);
    expect(await statusOf("/client/chat.client.gen.js")).toBe(200);
    for (const path of [
      "/..%2fpackage.json",
      "/client/..%2findex.js",
      "/%2e%2e/x.js",
      "/client/nothing.js",
      "/%00.js",
    ]) {
      expect(await statusOf(path), path).toBe(404);
    }
  });

  const shoot = (...pages: Page[]): Promise<Buffer[]> => Promise.all(pages.map((page) => page.screenshot()));

  /** Both windows side by side: while the server is away, and afterwards. */
  async function takePicture(shots: readonly Buffer[]): Promise<void> {
    const page = await browser.context.newPage();
    const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString("base64")}">`);
    const style =
      "body{margin:0;padding:16px;display:grid;grid-template-columns:auto auto;gap:16px;background:#8fa3b8}img{border-radius:12px}";
    await page.setViewportSize({ width: 2 * 480 + 48, height: 2 * 400 + 48 });
    await page.setContent(`<style>${style}</style>${images.join("")}`);
    await page.screenshot({ path: screenshot });
    await page.close();
  }
});

// The flowchart in Mermaid itself, which needs a browser: every box has the text of its name, whatever the name is.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Model } from "../../../src/model/model.js";
import { readModel } from "../../../src/read-model.js";
import { drawFlowchart } from "../../../src/render/flowchart.js";
import { inBrowser, launchBrowser } from "../../runtime/interop/browser.js";

const mermaid = fileURLToPath(import.meta.resolve("@mermaid-js/tiny"));

interface Names {
  readonly commands?: readonly string[];
  readonly events?: readonly string[];
  readonly urls?: readonly string[];
}

/** A model with these names in its modules. */
function modelWith(...modules: readonly Names[]): Model {
  const entries = modules.map(({ commands = [], events = [], urls = ["ws"] }, index) => [
    `m${index + 1}`,
    {
      port: 10_001 + (index % 2),
      urls,
      commands: namedParts(commands, "Command"),
      events: namedParts(events, "Event"),
    },
  ]);
  const bytes = new TextEncoder().encode(
    JSON.stringify({ wsgen: 1, name: "demo", modules: Object.fromEntries(entries) }),
  );
  const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes });
  expect(diagnostics).toEqual([]);
  return value!;
}

/** Names in code of their own, because these names give none. */
const namedParts = (names: readonly string[], kind: string) =>
  Object.fromEntries(names.map((name, index) => [name, { as: `${kind}${index + 1}` }]));

const hostile = [
  '"]; click x "javascript:alert(1)"',
  "</span><img src=x onerror=alert(1)>",
  "%%{init: {}}%%",
  "style: #quot;",
  "classDef:a#35;;",
  "`**bold** _it_`",
  "1. first",
  "- item",
  "> quote",
  "end",
  "subgraph",
  "a--b-->c",
  "a & b",
  "#35;&amp;&#35;",
  "$$x^2$$",
  "a_b__c_",
  "*a*b*",
  "https://example.com/x",
  "a|b\\|c",
  "---",
  "<br>",
  "聊天.发送",
  "👋",
];

test("flowchart: is the same text for the same model, without a name that Mermaid could read as code", () => {
  const model = modelWith({ commands: hostile });
  expect(drawFlowchart(model)).toBe(drawFlowchart(model));
  expect(drawFlowchart(model)).not.toMatch(/javascript:|<|%%|`|\[\/"[^/]/);
});

test("flowchart: counts what no picture can show", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `command${index}`);
  expect(drawFlowchart(modelWith({ commands: many(12) }))).toContain('m1c12("command11")');
  const cut = drawFlowchart(modelWith({ commands: many(13) }));
  expect(cut).toContain('m1c12("… 2 more")');
  expect(cut).not.toContain("command11");
  const large = modelWith(...Array.from({ length: 61 }, () => ({ commands: many(13), events: ["one"] })));
  expect(drawFlowchart(large)).toContain('m1c("13 commands")\n');
  expect(drawFlowchart(large)).toContain('m61e("1 event")\n');
  expect(drawFlowchart(modelWith({ commands: ["x".repeat(3000)] }))).toContain(`("${"x".repeat(80)}#8230;")`);
});

inBrowser.describe("flowchart in Mermaid", () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.context.newPage();
    await page.setContent("<div id=picture></div>");
    await page.addScriptTag({ content: await readFile(mermaid, "utf8") });
    await page.evaluate("mermaid.initialize({ startOnLoad: false })");
  }, 60_000);
  afterAll(() => browser.close());

  /** The texts of all boxes. */
  async function draw(model: Model): Promise<readonly string[]> {
    await page.evaluate(
      `mermaid.render("drawn", ${JSON.stringify(drawFlowchart(model))}).then(({ svg }) => {
        document.querySelector("#picture").innerHTML = svg;
      })`,
    );
    return page.locator(".nodeLabel").allInnerTexts();
  }

  test("shows ports, modules, routes, commands and events", async () => {
    const model = modelWith(
      { commands: ["say", "status.set"], events: ["said"], urls: ["ws", "rooms/:room"] },
      { urls: ["files/*path"] },
      {},
    );
    const drawn = await draw(model);
    expect([...drawn].sort()).toEqual(
      [
        ...["port 10001", "port 10002", "m1", "m2", "m3", "commands", "events", "say", "status.set", "said"],
        ...["/m1/ws", "/m1/rooms/:room", "/m2/files/*path", "/m3/ws"],
      ].sort(),
    );
    // From its port to each module, from there to each route, and from each route to the commands and the events.
    expect(await page.locator(".flowchart-link").count()).toBe(3 + 4 + 2 + 2);
    if (process.env.SHOW !== undefined) await page.screenshot({ path: process.env.SHOW, fullPage: true });
  });

  test("shows hostile names as they are", async () => {
    for (let at = 0; at < hostile.length; at += 12) {
      const names = hostile.slice(at, at + 12);
      const drawn = await draw(modelWith({ commands: names, events: names }));
      expect(drawn).toEqual(expect.arrayContaining(names));
    }
    expect(await page.locator("#picture :is(img, script, a, i, strong, em)").count()).toBe(0);
  });

  test("shows any name as it is", async () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    const names = fc.sample(fc.uniqueArray(name, { minLength: 12, maxLength: 12 }), { numRuns: 10, seed: 1 });
    for (const commands of names) {
      const drawn = await draw(modelWith({ commands }));
      for (const each of commands) expect(drawn.map(withoutBlanks)).toContain(withoutBlanks(each));
    }
  });
});

/** The browser joins blanks, and leaves them out at the end of a line. */
const withoutBlanks = (text: string): string => text.replace(/\s+/g, "");

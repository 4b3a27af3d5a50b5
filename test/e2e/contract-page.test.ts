// The page of `wsgen docs` as a reader uses it: from the disk, in a browser, by keyboard, in light and dark, wide and narrow.
// UPDATE=1 writes the screenshot of the README anew.
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { inBrowser, launchBrowser } from "../runtime/interop/browser.js";
import { runMain } from "../support/run-main.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const specs = {
  board: "examples/board/wsgen.yaml",
  hostile: "test/golden/cases/docs/a-hostile-spec-is-only-text/before/wsgen.yaml",
} as const;
const screenshot = join(root, "docs/contract-page.png");

const wide = { width: 1280, height: 900 };
const narrow = { width: 360, height: 800 };

/** What axe-core reports: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#results-object */
interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

inBrowser.describe("the page of the contract", () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let folder: string;
  let axe: string;
  /** Messages of the console, among them every report of the policy. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wsgen-contract-page-"));
    for (const [name, spec] of Object.entries(specs)) {
      await mkdir(join(folder, name));
      await cp(join(root, spec), join(folder, name, "wsgen.yaml"));
      expect(await runMain(join(folder, name), ["docs"])).toMatchObject({ code: 0 });
    }
    axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open({
    name = "board",
    hash = "",
    size = wide,
    colorScheme = "light",
  }: {
    readonly name?: keyof typeof specs;
    readonly hash?: string;
    readonly size?: typeof wide;
    readonly colorScheme?: "light" | "dark";
  } = {}): Promise<Page> {
    const page = await browser.context.newPage();
    onTestFinished(() => page.close());
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.goto(`${pathToFileURL(join(folder, name, "contract-docs/index.html")).href}${hash}`);
    return page;
  }

  /** The names of the entries that are shown. */
  const listShown = (page: Page) =>
    page
      .locator("article:visible")
      .evaluateAll((articles) => articles.map((each) => each.querySelector("h4 code, h3 code")?.textContent));
  const isInView = (page: Page, id: string) =>
    page.locator(`[id="${id}"]`).evaluate((element) => {
      const { top } = element.getBoundingClientRect();
      return top >= 0 && top < innerHeight;
    });

  test("searches names and descriptions of all parts, by keyboard alone", async () => {
    const page = await open();
    const all = await listShown(page);
    expect(all).toEqual(expect.arrayContaining(["login", "move", "changed", "outdated", "Card"]));

    await page.keyboard.press("/");
    await page.keyboard.type("MOVES card");
    expect(await listShown(page)).toEqual(["move"]);
    expect(await page.locator("nav a:visible").allInnerTexts()).toEqual(["board", "move"]);
    expect(await page.getByRole("status").innerText()).toMatch(/^1 of \d+ parts match\.$/);

    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.closest('article').id")).toBe("board.move");

    await page.keyboard.press("/");
    await page.keyboard.type("no such words");
    expect(await listShown(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await listShown(page)).toEqual(all);

    // A slash in the search itself is a letter.
    await page.keyboard.type("account/ws");
    expect(await page.locator("main section:visible h2").allInnerTexts()).toEqual([
      expect.stringMatching(/^account/),
    ]);
  });

  test("a link leads to its part, also while the search hides it", async () => {
    const page = await open({ hash: "#board.move" });
    expect(await isInView(page, "board.move")).toBe(true);
    expect(await page.locator(":target").getAttribute("id")).toBe("board.move");
    await page.fill("input", "login");
    expect(await listShown(page)).toEqual(["login"]);
    await page.evaluate("location.hash = '#board.outdated'");
    await page.locator("[id='board.outdated']").waitFor();
    expect(await isInView(page, "board.outdated")).toBe(true);
  });

  test("every link within the page leads to something", async () => {
    const page = await open();
    const lost = await page.evaluate(`[...document.querySelectorAll("a")]
      .map((link) => decodeURIComponent(link.hash.slice(1)))
      .filter((id) => document.getElementById(id) === null)`);
    expect(lost).toEqual([]);
  });

  test("a hostile spec is only text", async () => {
    const page = await open({ name: "hostile" });
    expect(await page.locator("main :is(img, svg, script, iframe), body > script + *").count()).toBe(0);
    expect(await page.locator(".lead").innerText()).toBe("</script><script>alert(1)</script>");
    expect(await listShown(page)).toContain("<img src=x onerror=alert(1)>");
    await page.fill("input", "onerror");
    expect(await listShown(page)).toEqual(["<img src=x onerror=alert(1)>"]);
  });

  test("has the same content without its script", async () => {
    const context = await browser.context.browser()?.newContext({ javaScriptEnabled: false });
    if (context === undefined) return;
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, "board/contract-docs/index.html")).href);
    expect(await page.locator("article").count()).toBeGreaterThan(20);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, size] of Object.entries({ wide, narrow })) {
      test(`axe-core has no serious finding: ${colorScheme}, ${width}`, async () => {
        const page = await open({ hash: "#board.move", size, colorScheme });
        // Also what is folded in, or below the window.
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        await page.evaluate(
          "for (const each of document.querySelectorAll('article')) each.style.contentVisibility = 'visible'",
        );
        await page.evaluate(axe);
        const { violations } = (await page.evaluate("axe.run()")) as { violations: readonly Finding[] };
        const found = violations.map(({ id, impact, nodes }) => ({
          id,
          impact,
          at: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`),
        }));
        expect(found).toEqual([]);
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow).toBeLessThanOrEqual(0);
        if (process.env.UPDATE === "1" && colorScheme === "light" && size === wide) await takePicture();
      });
    }
  }

  /** The page in light and dark, wide and narrow, in one picture. */
  async function takePicture(): Promise<void> {
    const shots = [
      await (await open({ hash: "#board.move", size: { width: 1080, height: 760 } })).screenshot(),
      await (
        await open({ hash: "#board.add", size: { ...narrow, height: 760 }, colorScheme: "dark" })
      ).screenshot(),
    ];
    const page = await browser.context.newPage();
    const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString("base64")}">`);
    const style =
      "body{margin:0;padding:16px;display:flex;gap:16px;background:#8fa3b8}img{border-radius:12px;height:760px}";
    await page.setViewportSize({ width: 1080 + 360 + 48, height: 760 + 32 });
    await page.setContent(`<style>${style}</style>${images.join("")}`);
    await page.screenshot({ path: screenshot });
    await page.close();
  }
});

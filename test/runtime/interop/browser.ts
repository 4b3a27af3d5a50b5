import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { skipUnless } from "../../support/skip-unless.js";

const path = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** For tests in a browser. */
export const inBrowser = skipUnless(existsSync(path), "the tests in Chromium", "apt-get install chromium");

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with a profile of its own, which goes with it. */
export async function launchBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), "wsgen-browser-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: path, args });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

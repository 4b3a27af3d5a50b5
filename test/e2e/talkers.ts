import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import { launchBrowser } from "../runtime/interop/browser.js";

/** What became of a thing that was said. */
export interface Outcome {
  readonly text: string;
  readonly isIdempotent: boolean;
  /** Of the reply. */
  readonly id?: string;
  /** Of the error. */
  readonly code?: string;
  readonly wasSent?: boolean;
}

/** One who talks in the chat of the example; see chaos-talk.js. */
interface Talker {
  ready(): Promise<void>;
  talk(count: number): Promise<Outcome[]>;
  say(text: string): Promise<void>;
  sees(text: string): Promise<void>;
  seen(): Promise<string[]>;
  close(): Promise<void>;
}

/** Where somebody talks from. */
export interface Place {
  /** `page` is the chat's own page, `url` the address for sockets. */
  open(name: string, addresses: { readonly page: string; readonly url: string }): Promise<Talker>;
  close(): Promise<void>;
}

const script = new URL("chaos-talk.js", import.meta.url);

/** Windows of a browser, on the page of the example, with all that it loads from there. */
export async function browserPlace(example: string): Promise<Place> {
  await copyFile(script, join(example, "web", "chaos-talk.js"));
  const browser = await launchBrowser();
  return {
    async open(name, { page: address, url }) {
      const page = await browser.context.newPage();
      await page.goto(address);
      await page.evaluate(`Promise.all([
        import("./chaos-talk.js"), import("./client/chat.client.gen.js"), import("./client/wsgen-client.gen.js"),
      ]).then(([{ openTalk }, client, core]) => {
        globalThis.talker = openTalk({ ...client, ...core }, ${JSON.stringify({ name, url })});
      })`);
      return {
        ready: () => page.evaluate("talker.ready()"),
        talk: (count) => page.evaluate(`talker.talk(${count})`),
        say: (text) => page.evaluate(`talker.say(${JSON.stringify(text)})`),
        sees: (text) => page.evaluate(`talker.sees(${JSON.stringify(text)}).then(() => {})`),
        seen: () => page.evaluate("talker.seen"),
        close: () => page.evaluate("talker.close()"),
      };
    },
    close: () => browser.close(),
  };
}

/** This process, with the package ws: Node 20 has no WebSocket. */
export async function nodePlace(example: string): Promise<Place> {
  const load = (path: string) => import(pathToFileURL(path).href);
  const { openTalk } = await import(script.href);
  const client = await load(join(example, "dist/client/chat.client.gen.js"));
  const core = await load(join(example, "dist/client/wsgen-client.gen.js"));
  return {
    async open(name, { url }) {
      const talker = openTalk({ ...client, ...core }, { name, url, WebSocket });
      return { ...talker, seen: async () => talker.seen };
    },
    close: async () => {},
  };
}

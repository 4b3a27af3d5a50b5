import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  Mode,
  type SetWSServerConfig,
  setAllowedOrigins,
  setCompression,
  setHttpRoutes,
  setMode,
  setRefusal,
  setSubprotocols,
  WebsocketError,
} from "wsgen-runtime";
import type { TestServer } from "wsgen-runtime/testing";
import { inBrowser, launchBrowser } from "./browser.js";
import { startInterop } from "./interop-module.js";

/** What a page saw of one connection. */
interface Seen {
  readonly messages: unknown[];
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly protocol: string;
  readonly extensions: string;
}

/** What a page does: connect, send these (numbers: so many bytes), wait for as many messages, and close if told to. */
interface Script {
  readonly url: string;
  readonly protocols?: string[];
  readonly sends?: (string | number)[];
  readonly awaits?: number;
  readonly close?: [number?, string?];
}

/** Runs in the page. */
function playScript({ url, protocols = [], sends = [], awaits = 0, close }: Script): Promise<Seen> {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const messages: unknown[] = [];
  const leave = () => {
    if (messages.length === awaits && close !== undefined) socket.close(...close);
  };
  socket.onopen = () => {
    for (const message of sends)
      socket.send(typeof message === "number" ? new Uint8Array(message).fill(7) : message);
    leave();
  };
  socket.onmessage = ({ data }) => {
    messages.push(
      typeof data === "string" ? data : new Uint8Array(data).reduce((sum, byte) => sum + byte, 0),
    );
    leave();
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => {
      const { protocol, extensions } = socket;
      resolve({ messages, code, reason, wasClean, protocol, extensions });
    };
  });
}

inBrowser.describe("Chromium", () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let page: Page;
  let server: TestServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.context.newPage();
  });
  afterAll(() => browser.close());
  afterEach(() => server.close());

  /** Starts the modules and shows a page that one of them serves, so that its origin is the server's. */
  async function start(...[config = [], hooks]: Parameters<typeof startInterop>): Promise<void> {
    const routes = setHttpRoutes((router) => {
      router.get("/page", (ctx) => {
        ctx.type = "html";
        ctx.body = "<!doctype html><title>page</title>";
      });
    });
    server = await startInterop([...config, routes], hooks);
    await page.goto(server.url("/test/page").replace("ws:", "http:"));
  }

  const play = (path: string, script: Omit<Script, "url"> = {}): Promise<Seen> =>
    page.evaluate(playScript, { url: server.url(path), ...script });

  test.each<[string, SetWSServerConfig[], RegExp]>([
    ["without compression", [], /^$/],
    ["with compression", [setCompression({ threshold: 0 })], /^permessage-deflate/],
  ])("commands, replies, errors and events, %s", async (_title, config, extensions) => {
    await start(config);
    const seen = await play("/test/ws", {
      sends: [
        '{"command":"ping"}',
        '{"command":"echo","id":"é","text":"😀"}',
        '{"command":"tell","text":"hi"}',
        '{"command":"fail","id":1}',
        "no JSON",
      ],
      awaits: 5,
      close: [4000, "é".repeat(61)],
    });
    expect(seen.messages.map((message) => JSON.parse(String(message)))).toMatchObject([
      { ping: "pong" },
      { command: "echo", id: "é", data: { text: "😀" } },
      { event: "told", data: { text: "hi" } },
      { id: 1, error: { code: "no_luck" } },
      { error: { code: "invalid_message" } },
    ]);
    expect(seen).toMatchObject({ code: 4000, reason: "é".repeat(61), wasClean: true });
    expect(seen.extensions).toMatch(extensions);
  });

  test.each([1000, 1001, 1008, 1011, 1013, 3000, 4000, 4999])("the server's close code %i", async (code) => {
    await start();
    const seen = await play("/test/ws", {
      sends: [JSON.stringify({ command: "leave", code, reason: "go" })],
    });
    expect(seen).toMatchObject({ code, reason: "go", wasClean: true });
  });

  test("setRefusal: a page sees a refusal by HTTP as 1006, without a reason", async () => {
    await start([], { connect: () => new Error("not you") });
    expect(await play("/test/ws")).toMatchObject({ code: 1006, reason: "", wasClean: false, messages: [] });
  });

  test("setRefusal: a page sees a refusal by a close with its error, its code and its reason", async () => {
    const refuse = () => new WebsocketError("no_seat", "All taken.", { closeCode: 4003 });
    await start([setRefusal("close")], { connect: refuse });
    expect(await play("/test/ws")).toMatchObject({
      messages: ['{"error":{"code":"no_seat","message":"All taken."}}'],
      code: 4003,
      reason: "All taken.",
      wasClean: true,
    });
  });

  test("setSubprotocols: the subprotocol is the page's first that the module speaks", async () => {
    await start([setSubprotocols(["v1", "v2"])]);
    const seen = await play("/test/ws", { protocols: ["v3", "v2", "v1"], close: [1000] });
    expect(seen).toMatchObject({ code: 1000, protocol: "v2" });
  });

  test.each<[string, SetWSServerConfig[]]>([
    ["without compression", []],
    ["with compression", [setCompression({ threshold: 0 })]],
  ])("a raw module takes and sends bytes and text, %s", async (_title, config) => {
    await start(config);
    const sends = [0, 1, 125, 126, 4_096, "", "text", "é".repeat(2_000)];
    const seen = await play("/raw/ws", { sends, awaits: sends.length, close: [1000] });
    expect(seen.messages).toEqual([0, 7, 875, 882, 28_672, "", "text", "é".repeat(2_000)]);
  });

  test("setAllowedOrigins: in product mode its own page may connect, and a page of another origin may not, unless it is listed", async () => {
    await start([setMode(Mode.product)]);
    expect(await play("/test/ws", { close: [1000] })).toMatchObject({ code: 1000 });
    const own = server;
    const other = await startInterop([setMode(Mode.product)]);
    server = other;
    expect(await play("/test/ws", { close: [1000] })).toMatchObject({ code: 1006 });
    await other.close();
    const origin = new URL(own.url("/test/ws").replace("ws:", "http:")).origin;
    server = await startInterop([setMode(Mode.product), setAllowedOrigins([origin])]);
    expect(await play("/test/ws", { close: [1000] })).toMatchObject({ code: 1000 });
    await own.close();
  });

  test("a page that is left closes with 1001 in the module", async () => {
    let tell = (_code: number) => {};
    const closing = new Promise((resolve) => {
      tell = resolve;
    });
    await start([], { close: (_ctx, code) => tell(code) });
    await page.evaluate((url) => {
      const socket = new WebSocket(url);
      return new Promise((resolve) => {
        socket.onopen = resolve;
      }).then(() => undefined);
    }, server.url("/test/ws"));
    await page.goto("about:blank");
    expect(await closing).toBe(1001);
  });
});

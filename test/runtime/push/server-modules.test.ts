// Modules of one server reach each other: from hooks, commands, timers and HTTP routes.
import { afterEach, describe, expect, test } from "vitest";
import {
  bindConnections,
  bindEvents,
  type IWebsocket,
  newWebsocketServe,
  setHttpRoutes,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";

/** As generated code declares it. */
interface FeedEvents {
  changed: { path: string };
}
const feedEvents = bindEvents<FeedEvents>("feed", { changed: "file.changed" });
const feedConnections = bindConnections("feed");

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
async function start(...modules: IWebsocket[]): Promise<TestServer> {
  const server = await startModules(...modules);
  servers.push(server);
  return server;
}

const changed = (path: string) => ({ event: "file.changed", data: { path } });

/** Pushes to the feed from `connect` and from its command. */
const createChat = (port = 1) =>
  defineModule({
    ...{ flag: "chat", port },
    connect: (ctx) => void feedEvents(ctx).changed.all.emit({ path: "connect" }),
    commands: [
      defineCommand("touch", (ctx, { path }) => feedEvents(ctx).changed.room("docs").emit({ path })),
      defineCommand("close", (ctx, { tag }) => feedConnections(ctx).tagged(tag).close(4000, "bye")),
      defineCommand("plain", (ctx) => ctx.server.module("feed").all.send({ plain: true })),
    ],
  });

const createFeed = (port = 2) =>
  defineModule({
    ...{ flag: "feed", port },
    connect: (ctx) => {
      ctx.join("docs");
      ctx.tag("user:7");
    },
  });

describe("a push to another module of the server", () => {
  test.each([
    ["of the same port", 1],
    ["of another port", 2],
  ])("reaches its clients from connect and from commands, %s", async (_title, port) => {
    const server = await start(createChat(), createFeed(port));
    const feed = await connectClient(server.url("/feed/ws"));
    const chat = await connectClient(server.url("/chat/ws"));
    expect(await feed.next()).toEqual(changed("connect"));
    expect(await chat.request("touch", { path: "a" })).toEqual({ delivered: 1, gone: [] });
    expect(await feed.next()).toEqual(changed("a"));
    await chat.request("plain");
    expect(await feed.next()).toEqual({ plain: true });
    expect(await chat.request("close", { tag: "user:7" })).toBe(1);
    expect(await feed.closed).toMatchObject({ code: 4000, reason: "bye" });
  });

  test("starts at the server, at a context, at a push, and at a module that has started", async () => {
    const contexts: WSContext[] = [];
    const chat = defineModule({ flag: "chat", port: 1, connect: (ctx) => void contexts.push(ctx) });
    // As a class has it: a member with the name of another source.
    const feed = Object.assign(createFeed(), { server: "mine", module: "mine" });
    const server = await start(chat, feed);
    await connectClient(server.url("/chat/ws"));
    const client = await connectClient(server.url("/feed/ws"));
    const sources = [
      server.serve,
      contexts[0]!,
      contexts[0]!.module,
      server.serve.module("chat"),
      chat,
      feed,
    ];
    for (const [index, source] of sources.entries()) {
      feedEvents(source).changed.all.emit({ path: `${index}` });
      expect(await client.next()).toEqual(changed(`${index}`));
      expect(feedConnections(source).all.ids()).toHaveLength(1);
    }
  });

  test("stays on its server if a process has two", async () => {
    const [one, two] = [await start(createChat(), createFeed()), await start(createChat(), createFeed())];
    const feeds = [await connectClient(one.url("/feed/ws")), await connectClient(two.url("/feed/ws"))];
    const chat = await connectClient(two.url("/chat/ws"));
    expect(await feeds[1]!.next()).toEqual(changed("connect"));
    expect(await chat.request("touch", { path: "two" })).toEqual({ delivered: 1, gone: [] });
    feedEvents(one.serve).changed.all.emit({ path: "one" });
    expect(await feeds[0]!.next()).toEqual(changed("one"));
    expect(await feeds[1]!.next()).toEqual(changed("two"));
  });

  test("finds every module while the first of them still sets up its routes, and none of their clients", async () => {
    const delivered: number[] = [];
    const chat: IWebsocket = defineModule({
      ...{ flag: "chat", port: 1 },
      config: [
        setHttpRoutes(() => {
          delivered.push(feedEvents(chat).changed.all.emit({ path: "early" }).delivered);
        }),
      ],
    });
    await start(chat, createFeed());
    expect(delivered).toEqual([0]);
  });

  test("fails the command if that module is not on this server, and names those that are", async () => {
    const server = await start(defineModule({ flag: "chat", commands: [...createChat().getCommandList()] }));
    const chat = await connectClient(server.url("/chat/ws"));
    await expect(chat.request("touch", { path: "a" })).rejects.toThrow(
      '"feed" is not a module of this server. Its modules are: chat.',
    );
    expect(() => feedEvents(server.serve)).toThrow(expect.objectContaining({ code: "unknown_module" }));
  });

  test("is an error at a module that no server has started, also after a start that failed", async () => {
    const chat = createChat();
    const notStarted = expect.objectContaining({
      code: "not_started",
      message: expect.stringContaining("feed"),
    });
    expect(() => feedEvents(chat)).toThrow(notStarted);
    const taken = await start(createFeed());
    const port = taken.serve.module("feed").port;
    await expect(newWebsocketServe(chat, createFeed(port))).rejects.toThrow(String(port));
    expect(() => feedEvents(chat)).toThrow(notStarted);
  });

  test("reaches no client after the server has closed", async () => {
    const [chat, feed] = [createChat(), createFeed()];
    const server = await start(chat, feed);
    await server.close();
    expect(feedEvents(chat).changed.all.emit({ path: "late" })).toEqual({ delivered: 0, gone: [] });
  });
});

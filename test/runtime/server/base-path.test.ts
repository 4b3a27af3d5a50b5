import { afterEach, describe, expect, test } from "vitest";
import {
  type IWebsocket,
  newWebsocketServe,
  type SetWSServerConfig,
  setBasePath,
  setHttpRoutes,
  use,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineModule, ping } from "../serve/define-module.js";

let server: TestServer;
afterEach(() => server?.close());

interface Definition {
  readonly flag: string;
  readonly base?: string;
  readonly urls?: readonly string[];
}

/** A module that tells who it is and by which route it was reached. */
const tellsWhoItIs = (
  { flag, base, urls = ["ws"] }: Definition,
  ...config: SetWSServerConfig[]
): IWebsocket =>
  defineModule({
    flag,
    urls,
    commands: [ping],
    config: [...(base === undefined ? [] : [setBasePath(base)]), ...config],
    connect: (ctx) => void ctx.send([flag, ctx.route, ctx.params]),
  });

async function greeting(path: string): Promise<unknown> {
  await using client = await connectClient(`ws://127.0.0.1:${server.serve.ports[0]}${path}`);
  return client.next();
}

const pass = use((_ctx, next) => next());

describe.each([
  ["past Koa", []],
  ["through Koa", [pass]],
])("%s", (_way, config) => {
  test.each([
    ["/", "/", "/", "/"],
    ["/", "", "/?token=1", "/"],
    ["/", "ws", "/ws", "/ws"],
    ["/api//v1/", "ws", "/api/v1/ws", "/api/v1/ws"],
    ["/获", "ws", "/%E8%8E%B7/ws", "/获/ws"],
  ])("setBasePath: below %s the url %j is served at %s", async (base, url, path, route) => {
    server = await startModules(tellsWhoItIs({ flag: "a", base, urls: [url] }, ...config));
    expect(await greeting(path)).toEqual(["a", route, {}]);
    expect(server.url(path)).toBe(`ws://127.0.0.1:${server.serve.ports[0]}${path}`);
    expect(server.serve.module("a").basePath).toBe(base === "/api//v1/" ? "/api/v1" : base);
    await expect(greeting("/a/ws")).rejects.toMatchObject({ status: 404 });
  });

  test("setBasePath: a path belongs to the module with the longest base path, in any order of the modules", async () => {
    const modules = [
      tellsWhoItIs({ flag: "root", base: "/", urls: ["*rest"] }, ...config),
      tellsWhoItIs({ flag: "api", base: "/api", urls: [":x/ws", ":x"] }),
      tellsWhoItIs({ flag: "v1", base: "/api/v1" }),
      tellsWhoItIs({ flag: "b" }),
    ];
    for (const ordered of [modules, [...modules].reverse()]) {
      server = await startModules(...ordered);
      expect(server.serve.ports).toHaveLength(1);
      expect(await greeting("/api/v1/ws")).toEqual(["v1", "/api/v1/ws", {}]);
      expect(await greeting("/api/v%31/ws")).toEqual(["v1", "/api/v1/ws", {}]);
      expect(await greeting("/api/v2/ws")).toEqual(["api", "/api/:x/ws", { x: "v2" }]);
      expect(await greeting("/b/ws")).toEqual(["b", "/b/ws", {}]);
      expect(await greeting("/bb/ws")).toEqual(["root", "/*rest", { rest: "/bb/ws" }]);
      expect(await greeting("/")).toEqual(["root", "/*rest", { rest: "/" }]);
      await expect(greeting("/b/else")).rejects.toMatchObject({ status: 404 });
      await expect(greeting("/api/v1")).rejects.toMatchObject({ status: 404 });
      await server.close();
    }
  });
});

test("middlewares and HTTP routes are for the module's own paths", async () => {
  const seen: string[] = [];
  const named = (name: string) => [
    use((ctx, next) => {
      seen.push(name);
      ctx.set("X-Module", name);
      return next();
    }),
    setHttpRoutes((router) => {
      router.get("/time", (ctx) => {
        ctx.body = name;
      });
      router.get("/b/time", (ctx) => {
        ctx.body = `${name}, for another module's path`;
      });
    }),
  ];
  server = await startModules(
    tellsWhoItIs({ flag: "root", base: "/" }, ...named("root")),
    tellsWhoItIs({ flag: "b" }, ...named("b")),
  );
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.serve.ports[0]}${path}`);
    return [answer.status, answer.headers.get("x-module"), answer.ok ? await answer.text() : ""];
  };
  expect(await get("/time")).toEqual([200, "root", "root"]);
  expect(await get("/b/time")).toEqual([200, "b", "b"]);
  expect(await get("/B/time")).toEqual([200, "root", "root, for another module's path"]);
  expect(await get("/b/else")).toEqual([404, "b", ""]);
  expect(await get("/ws")).toEqual([426, "root", ""]);
  seen.length = 0;
  await greeting("/b/ws");
  await greeting("/ws");
  expect(seen).toEqual(["b", "root"]);
});

test.each<[string, Definition, Definition, RegExp]>([
  [
    "the same",
    { flag: "a", base: "/" },
    { flag: "b", base: "/" },
    /"a" and "b" share port 0 and the path \/:/,
  ],
  ["another's flag", { flag: "a", base: "/b/" }, { flag: "b" }, /"a" and "b" share port 0 and the path \/b:/],
  [
    "above another's, with a route below that",
    { flag: "b" },
    { flag: "a", base: "/", urls: ["b/:x"] },
    /"b" and "a" share port 0, and the route \/b\/:x of "a" lies below \/b, .* of "b"/,
  ],
])("setBasePath: a base path that is %s stops the start", async (_what, one, other, message) => {
  const modules = [{ flag: "first" }, one, other].map((definition) => ({
    ...tellsWhoItIs(definition),
    getServerPort: () => 0,
  }));
  await expect(newWebsocketServe(...modules)).rejects.toThrow(message);
});

test("modules of different ports may have the same base path", async () => {
  server = await startModules(tellsWhoItIs({ flag: "a", base: "/" }), {
    ...tellsWhoItIs({ flag: "b", base: "/" }),
    getServerPort: () => 1,
  });
  expect(server.serve.ports).toHaveLength(2);
});

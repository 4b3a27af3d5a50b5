import { describe, expect, test } from "vitest";
import { addressOf } from "wsgen-runtime/client";

const routes = [["/chat/ws"], ["/chat/rooms/", "room"], ["/chat/u_", "user", "/files/", "*path"]];

describe("addressOf", () => {
  test.each([
    { params: {}, query: undefined, want: "ws://a/chat/ws" },
    { params: undefined, query: {}, want: "ws://a/chat/ws" },
    { params: { room: "lobby" }, query: undefined, want: "ws://a/chat/rooms/lobby" },
    { params: { room: "lobby", user: undefined }, query: undefined, want: "ws://a/chat/rooms/lobby" },
    {
      params: { room: "a/b?c#d %2F 获" },
      query: undefined,
      want: "ws://a/chat/rooms/a%2Fb%3Fc%23d%20%252F%20%E8%8E%B7",
    },
    { params: { room: 7 }, query: undefined, want: "ws://a/chat/rooms/7" },
    { params: { user: "ann", path: "a/b c" }, query: undefined, want: "ws://a/chat/u_ann/files/a/b%20c" },
    { params: { user: "ann", path: "/a" }, query: undefined, want: "ws://a/chat/u_ann/files/a" },
    { params: { user: "ann", path: "/" }, query: undefined, want: "ws://a/chat/u_ann/files/" },
    { params: { user: "ann", path: "/a//b/" }, query: undefined, want: "ws://a/chat/u_ann/files/a//b/" },
    {
      params: {},
      query: { page: 2, isLive: false, tags: ["a&b", "c"], name: undefined },
      want: "ws://a/chat/ws?page=2&isLive=false&tags=a%26b&tags=c",
    },
  ])("the params $params and the query $query give $want", ({ params, query, want }) => {
    expect(String(addressOf("ws://a", routes, { params, query }))).toBe(want);
  });

  test("a base URL keeps its path, with and without a slash, and its query", () => {
    expect(String(addressOf("wss://a/api/v1", routes, { params: {} }))).toBe("wss://a/api/v1/chat/ws");
    expect(String(addressOf("wss://a/api/?t=1", routes, { query: { page: 2 } }))).toBe(
      "wss://a/api/chat/ws?t=1&page=2",
    );
  });

  test("without values the URL is taken as it is", () => {
    expect(addressOf("ws://a/chat/ws?x", routes)).toBe("ws://a/chat/ws?x");
    expect(addressOf("ws://a/chat/ws?x", routes, {})).toBe("ws://a/chat/ws?x");
  });

  test("a function is called for every attempt", async () => {
    let attempt = 0;
    const source = addressOf(async () => `ws://a/?token=${++attempt}`, routes, { params: { room: "r" } });
    const next = async () => String(await (source as () => Promise<URL>)());
    expect([await next(), await next()]).toEqual([
      "ws://a/chat/rooms/r?token=1",
      "ws://a/chat/rooms/r?token=2",
    ]);
  });

  test.each([
    { params: { other: "a" }, why: "No route has the parameters: other." },
    { params: { room: "a", user: "b" }, why: "No route has the parameters: room, user." },
    { params: { room: "" }, why: 'The parameter room is "", which no path can contain.' },
    { params: { room: ".." }, why: 'The parameter room is "..", which no path can contain.' },
    { params: { room: "a\ud800" }, why: 'The parameter room is "a\\ud800", which no path can contain.' },
    {
      params: { user: "u", path: "a/../b" },
      why: 'The parameter path is "a/../b", which no path can contain.',
    },
  ])("the params $params are refused", ({ params, why }) => {
    const error = expect.objectContaining({ name: "TypeError", message: why, code: "no_route" });
    expect(() => addressOf("ws://a", routes, { params })).toThrow(error);
  });
});

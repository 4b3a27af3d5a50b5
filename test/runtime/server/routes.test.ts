import { expect, test } from "vitest";
import {
  compareSpecificity,
  createRoute,
  describeConflict,
  matchesPath,
  type Route,
  readParams,
} from "../../../runtime/src/server/route.js";

function match(patterns: string[], path: string): [string, Record<string, string>] | undefined {
  const routes = patterns.map((pattern) => createRoute(["chat"], pattern)).sort(compareSpecificity);
  const route: Route | undefined = routes.find((each) => matchesPath(each, path));
  return route && [route.pattern, { ...readParams(route, path) }];
}

test.each(["ws", "/ws", "/ws/", "//ws", "ws//"])("handshakeURL: slashes are normalised: %s", (pattern) => {
  expect(match([pattern], "/chat/ws")).toEqual(["/chat/ws", {}]);
  expect(match([pattern], "/chat/ws/")).toEqual(["/chat/ws", {}]);
  expect(match([pattern], "/chat/wss")).toBeUndefined();
});

test.each([
  ["rooms/:room", "/chat/rooms/a%20b", { room: "a b" }],
  ["rooms/:room", "/chat/rooms/a%2Fb", { room: "a/b" }],
  ["rooms/:room/at/:time", "/chat/rooms/x/at/y", { room: "x", time: "y" }],
  ["v:version", "/chat/v12", { version: "12" }],
  ["files/*path", "/chat/files/a/b.txt", { path: "/a/b.txt" }],
  ["files/*path", "/chat/files/", { path: "/" }],
  ["files/*path", "/chat/files", { path: "/" }],
  ["*path", "/chat/%E8%8E%B7", { path: "/获" }],
  ["获取/:x", "/chat/%e8%8e%B7%E5%8F%96/1", { x: "1" }],
  ["a.b+c", "/chat/a%2Eb+c", {}],
  ["at\\:noon", "/chat/at:noon", {}],
  ["x/:__proto__", "/chat/x/1", { ["__proto__"]: "1" }],
])("handshakeURL: %s matches %s", (pattern, path, params) => {
  expect(Object.entries(match([pattern], path)?.[1] ?? {})).toEqual(Object.entries(params));
});

test.each([
  ["rooms/:room", "/chat/rooms/"],
  ["rooms/:room", "/chat/rooms/a/b"],
  ["v:version", "/chat/v"],
  ["a.b", "/chat/axb"],
])("handshakeURL: %s does not match %s", (pattern, path) => {
  expect(match([pattern], path)).toBeUndefined();
});

test("static goes before a parameter, a parameter before a catch-all, whatever the order", () => {
  const patterns = [":a/*rest", ":a/x", "s/:b", "s/x", "v:c", ":a"];
  expect(match(patterns, "/chat/s/x")?.[0]).toBe("/chat/s/x");
  expect(match(patterns, "/chat/s/y")?.[0]).toBe("/chat/s/:b");
  expect(match(patterns, "/chat/t/x")?.[0]).toBe("/chat/:a/x");
  expect(match(patterns, "/chat/t/y")?.[0]).toBe("/chat/:a/*rest");
  expect(match(patterns, "/chat/v1")?.[0]).toBe("/chat/v:c");
  expect(match(patterns, "/chat/w1")?.[0]).toBe("/chat/:a");
});

test.each([
  ["a", "/a/"],
  [":x", ":y"],
  [":x/a", ":y/b"],
  ["v:x", "v:y"],
  ["a/*x", "a/b"],
  ["a/:b", "a/*x"],
  ["*x", "*y"],
])("%s and %s conflict, as in gin", (left, right) => {
  const [one, other] = [createRoute(["chat"], left), createRoute(["chat"], right)];
  expect(describeConflict(one, other)).toBeDefined();
  expect(describeConflict(other, one)).toBeDefined();
});

test.each([
  ["a", ":x"],
  ["a", "a/*x"],
  [":x/a", ":x/b"],
  ["v:x", ":y"],
  ["a/:x", "b/:y"],
])("%s and %s do not", (left, right) => {
  expect(describeConflict(createRoute(["chat"], left), createRoute(["chat"], right))).toBeUndefined();
});

test.each([
  ["a/:", "needs a name"],
  [":a:b", "only one wildcard"],
  ["*rest/a", "at the end"],
  ["a*rest", "slash before"],
  [":a/:a", "twice"],
])("%s is refused", (pattern, reason) => {
  expect(() => createRoute(["chat"], pattern)).toThrow(reason);
});

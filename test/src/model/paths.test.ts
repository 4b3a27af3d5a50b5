import { expect, test } from "vitest";
import { samplePath } from "../../../src/model/paths.js";

test.each([
  { given: "ws", want: "/chat/ws" },
  { given: "//rooms/:room/", want: "/chat/rooms/room" },
  { given: "user_:name/files/*path", want: "/chat/user_name/files/path" },
  { given: String.raw`a\:b`, want: "/chat/a:b" },
  { given: String.raw`a\:b/:c`, want: "/chat/a:b/c" },
  { given: "/", want: "/chat" },
])("samplePath: the route $given is served at $want", ({ given, want }) => {
  expect(samplePath({ flag: "chat", urls: [given] })).toBe(want);
});

test.each([
  { given: "files/*path", params: { path: "/a b/c" }, want: "/chat/files/a%20b/c" },
  { given: "rooms/:room", params: { room: "/a" }, want: "/chat/rooms/%2Fa" },
  { given: "rooms/:constructor", params: {}, want: "/chat/rooms/constructor" },
])("samplePath: the route $given with $params is served at $want", ({ given, params, want }) => {
  expect(samplePath({ flag: "chat", urls: [given] }, params)).toBe(want);
});

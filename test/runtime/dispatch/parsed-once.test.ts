// A message is parsed once, whatever looks at it on its way: its check, the hooks, the log and the command.
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { setHooks, setLogger, setRequestCheck } from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { addProblem, isObject } from "wsgen-runtime/validation";
import { defineCommand, defineModule } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer;
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
});

test("the command gets the object that was checked, and the bytes that were sent", async () => {
  const seen: unknown[] = [];
  const check = setRequestCheck((value) => {
    seen.push(value);
    return isObject(value) ? undefined : addProblem(undefined, "", "type", "must be an object");
  });
  const say = defineCommand("say", (_ctx, data, raw) => void seen.push(data, raw), [check]);
  const before = vi.fn();
  const logger = recordingLogger();
  server = await startModules(
    defineModule({ commands: [say], config: [setLogger(logger), setHooks({ before })] }),
  );
  const socket = new WebSocket(server.url("/test/ws"));
  await once(socket, "open");
  const parse = vi.spyOn(JSON, "parse");
  const text = '{ "command":"say", "id":1, "text":"only once \\u00e9" }';
  socket.send(text);
  await once(socket, "message");
  const parsed = parse.mock.calls.filter(([source]) => String(source).includes("only once"));
  expect(parsed).toEqual([[text]]);
  const [checked, data, raw] = seen;
  expect(data).toBe(checked);
  expect(data).toMatchObject({ text: "only once é" });
  expect(raw).toEqual(Buffer.from(text));
  expect(before).toHaveBeenCalledOnce();
  expect(JSON.stringify(logger.lines)).toContain("only once");
  socket.close();
});

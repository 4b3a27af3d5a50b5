// The code of the documents: everything compiles as it stands, and what says a file name is run.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectClient } from "wsgen-runtime/testing";
import { freePort } from "../support/free-port.js";
import { CompiledBlocks } from "./compile-blocks.js";
import { type Block, readBlocks } from "./read-blocks.js";

const blocks = readBlocks().filter(({ language }) => language === "ts" || language === "typescript");
const isFragment = ({ words }: Block): boolean => words.includes("fragment");

let port: number;
let compiled: CompiledBlocks;
beforeAll(async () => {
  port = await freePort();
  // Where a document says 10099, another test may listen.
  const programs = blocks.filter((block) => !isFragment(block));
  compiled = await CompiledBlocks.of(
    programs.map((block) => ({ ...block, text: block.text.replaceAll("10099", String(port)) })),
  );
});
afterAll(() => compiled[Symbol.asyncDispose]());

test("compiles, unless its fence says that it is a fragment", () => {
  expect(blocks.filter((block) => !isFragment(block)).length).toBeGreaterThan(10);
  expect(compiled.complaints).toBe("");
});

test("is marked in no other way than with fragment and file=", () => {
  const others = blocks.filter(({ words }) =>
    words.some((word) => !/^(fragment|file=[\w.-]+\.ts)$/.test(word)),
  );
  expect(others.map(({ place, words }) => `${place} ${words.join(" ")}`)).toEqual([]);
});

const find = (name: string): Block => {
  const block = blocks.find(({ file }) => file === name);
  if (block === undefined) throw new Error(`No document has the block ${name}.`);
  return block;
};

test("the quick start greets, answers, and ends on SIGTERM", async () => {
  const server = await compiled.start(find("runtime/quick-start.ts"));
  const client = await connectClient(`ws://localhost:${port}/example/ws/test`);
  expect(await client.next()).toEqual({ say: "hello world!", cid: expect.any(String) });
  client.send({ command: "ping" });
  expect(await client.next()).toEqual({ ping: "pong" });
  client.send({ command: "ping", id: 7 });
  expect(await client.next()).toEqual({ command: "ping", id: 7, data: { ping: "pong" } });
  server.kill("SIGTERM");
  expect((await client.closed).code).toBe(1001);
  expect((await once(server, "exit"))[0]).toBe(0);
});

test("the echo server sends back what it gets, text as text and bytes as bytes", async () => {
  const server = await compiled.start(find("runtime/echo.ts"));
  const client = await connectClient(`ws://localhost:${port}/echo/ws`);
  client.send("hello");
  expect(await client.next()).toBe("hello");
  client.send(Buffer.from([0, 255]));
  expect(await client.next()).toEqual(Buffer.from([0, 255]));
  server.kill("SIGKILL");
  await once(server, "exit");
});

test("the tests of the documents pass", async () => {
  // The runner's default output depends on the version of Node and on the terminal.
  const args = ["--test", "--test-reporter=tap", compiled.program(find("runtime/chat.test.ts"))];
  const run = promisify(execFile)(process.execPath, args);
  expect((await run).stdout).toMatch(/^# pass 2$/m);
});

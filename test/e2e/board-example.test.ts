// The board example: its own tests, and its server as a process of its own that typed clients talk to, before and after a restart.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { freePort } from "../support/free-port.js";

const modules = ["account", "activity", "board"];

let example: BuiltExample;
let port: number;
beforeAll(async () => {
  example = await buildExample("board");
  port = await freePort();
  for (const module of modules) {
    const file = join(example.folder, `dist/src/modules/${module}/${module}.module.js`);
    const text = await readFile(file, "utf8");
    expect(text).toContain("10110");
    await writeFile(file, text.replace("10110", String(port)));
  }
});
afterAll(() => example?.[Symbol.asyncDispose]());

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd: example.folder })).stdout;

test("its tests and those that are generated pass", async () => {
  const output = await run("test/run.mjs", "--test-reporter=tap");
  expect(output).toMatch(/^# fail 0$/m);
  const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1]);
  expect(passed).toBeGreaterThan(20);
});

/** Starts the example as `npm start` does. It is ready when the last module logs that it listens. */
async function start(): Promise<ChildProcess> {
  const server = spawn(process.execPath, ["dist/src/main.js"], {
    ...{ cwd: example.folder, stdio: ["ignore", "pipe", "inherit"] },
    env: { ...process.env, DATABASE: "board.db" },
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const listening = new Set<string>();
  for await (const line of createInterface(server.stdout)) {
    const { module, msg } = JSON.parse(line);
    if (msg === "listening") listening.add(module);
    if (listening.size < modules.length) continue;
    server.stdout.resume();
    return server;
  }
  throw new Error("The server ended before it listened.");
}

async function stop(server: ChildProcess): Promise<void> {
  server.kill("SIGTERM");
  expect(await once(server, "close")).toEqual([0, null]);
}

const converse = () => run("dist/test/conversation.js", `ws://127.0.0.1:${port}`);

test("three users log in and work on a board, which is still there after a restart", async () => {
  await run("dist/src/example-data.js", "board.db");
  const first = await start();
  const conversation = await converse();
  await stop(first);
  // The order of lines of different people is a matter of luck.
  expect(conversation.trim().split("\n").sort()).toEqual([
    "The activity shows: bob added Try the board.",
    "The activity shows: bob moved Try the board to doing.",
    "ann is too late: the card is doing already.",
    "ann opens the board as owner. Cards: 1.",
    "ann sees that bob comes, as writer.",
    "ann sees that cid comes, as reader.",
    "bob opens the board as writer. Cards: 1.",
    "cid may not add cards: a writer may.",
    "cid opens the board as reader. Cards: 1.",
    "cid reads hello.txt: Hello, cid!",
    'cid sees the card "Try the board": doing, version 2.',
    'cid sees the card "Try the board": doing, version 3, with hello.txt.',
    'cid sees the card "Try the board": todo, version 1.',
  ]);

  const second = await start();
  expect(await converse()).toContain("ann opens the board as owner. Cards: 2.");
  await stop(second);
});

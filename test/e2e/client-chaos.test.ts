// The generated client in a browser and in Node, on a network that delays, silences and cuts connections, while the server is
// killed and comes back: no reply is lost or doubled, every promise settles, and every message is heard once and in order.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { startChaosProxy } from "../runtime/client/chaos-proxy.js";
import { createRandom } from "../runtime/client/random.js";
import { inBrowser } from "../runtime/interop/browser.js";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { freePort } from "../support/free-port.js";
import { browserPlace, nodePlace, type Outcome, type Place } from "./talkers.js";

/** The example's chat on a port of the test's; tells what is said before it is. */
const serveChat = `import { createRequire } from "node:module";
import { closeOnSignals, newWebsocketServe, setCommandRate, setEvents } from "wsgen-runtime";
import { ChatModule } from "./dist/src/modules/chat/chat.module.js";
class ChatHere extends ChatModule {
  getServerPort() { return Number(process.argv[2]); }
  getWSServerConfig() {
    // On a busy machine one may be away for more than the hundred messages that the example keeps.
    const rules = { message: { replay: { last: 10_000 } } };
    return [...super.getWSServerConfig(), setCommandRate(10_000), setEvents(rules)];
  }
  getCommandList() {
    const commands = super.getCommandList();
    const say = commands.find((command) => command.getCommand() === "say");
    const execute = say.execute.bind(say);
    say.execute = (ctx, data) => {
      process.send({ said: data.text });
      return execute(ctx, data);
    };
    return commands;
  }
}
// Koa's own packages evaluate text while they load; from here on nothing does: the checks were compiled by wsgen.
const requireInRuntime = createRequire(import.meta.resolve("wsgen-runtime"));
["koa", "koa-router"].forEach((name) => requireInRuntime(name));
const refuse = () => { throw new Error("text was evaluated"); };
globalThis.Function = new Proxy(Function, { apply: refuse, construct: refuse });
globalThis.eval = refuse;
closeOnSignals(await newWebsocketServe(new ChatHere()));
process.send("listening");
`;

/** The server's process, again and again. */
class Server {
  /** What was said in each of its lives. */
  readonly lives: string[][] = [];
  #process: ChildProcess | undefined;

  constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const said: string[] = [];
    this.lives.push(said);
    const script = join(this.folder, "serve-chat.js");
    this.#process = spawn(process.execPath, [script, String(this.port)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process.on("message", (message: { said?: string }) => message.said && said.push(message.said));
    await once(this.#process, "message");
  }

  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    process.kill("SIGKILL");
    await once(process, "close");
  }

  /** Resolves with the last thing that was said, once there are so many in this life. */
  async hasHeard(count: number): Promise<string> {
    const said = this.lives.at(-1) ?? [];
    while (said.length < count) await once(this.#process as ChildProcess, "message");
    return said.at(-1) ?? "";
  }
}

let example: BuiltExample;
beforeAll(async () => {
  example = await buildExample();
  await writeFile(join(example.folder, "serve-chat.js"), serveChat);
}, 60_000);
afterAll(() => example[Symbol.asyncDispose]());

const places: readonly [string, Pick<typeof inBrowser, "test">, (folder: string) => Promise<Place>][] = [
  ["Node", { test }, nodePlace],
  ["Chromium", inBrowser, browserPlace],
];

describe.each(places)("two clients in %s", (_name, here, makePlace) => {
  here.test(
    "lose and double nothing",
    async () => {
      const server = new Server(example.folder, await freePort());
      onTestFinished(() => server.kill());
      await server.start();
      await using proxy = await startChaosProxy(server.port, {
        random: createRandom(5),
        odds: { delay: 0.2, silence: 0.01, cut: 0.03 },
      });
      proxy.calmDown();
      const place = await makePlace(example.folder);
      onTestFinished(() => place.close());
      const addresses = {
        page: `http://127.0.0.1:${server.port}/chat/web/`,
        url: `ws://127.0.0.1:${proxy.port}`,
      };
      const talkers = await Promise.all(["ann", "bob"].map((name) => place.open(name, addresses)));
      await Promise.all(talkers.map((talker) => talker.ready()));
      proxy.stirUp();

      const talking = Promise.all(talkers.map((talker) => talker.talk(120)));
      for (let restarts = 0; restarts < 2; restarts += 1) {
        const said = await server.hasHeard(50);
        await Promise.all(talkers.map((talker) => talker.sees(said)));
        await server.kill();
        await server.start();
      }
      const outcomes = (await talking).flat();
      proxy.calmDown();
      await talkers[0]?.say("the end");
      await Promise.all(talkers.map((talker) => talker.sees("the end")));

      // "The end" may be said again by a client that was cut, and the server's word of it may come after the message itself.
      await vi.waitFor(async () => {
        checkOutcomes(outcomes, server.lives.flat());
        for (const talker of talkers) checkSeen(await talker.seen(), server.lives);
      }, 10_000);
      expect(proxy.connections).toBeGreaterThan(6);
      await Promise.all(talkers.map((talker) => talker.close()));
    },
    90_000,
  );
});

/** Every promise has settled, and whatever was not repeated on purpose was executed at most once. */
function checkOutcomes(outcomes: readonly Outcome[], said: readonly string[]): void {
  expect(outcomes).toHaveLength(240);
  const ids = outcomes.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { text, isIdempotent, id, code, wasSent } of outcomes) {
    const executions = said.filter((each) => each === text).length;
    if (id === undefined)
      expect([text, code, wasSent, isIdempotent]).toEqual([text, "connection_lost", true, false]);
    else expect(executions, text).toBeGreaterThan(0);
    if (!isIdempotent) expect(executions, text).toBeLessThanOrEqual(1);
  }
  expect(ids.length).toBeGreaterThan(outcomes.length / 2);
}

/** What was said in each life of the server was seen once and in order; only what a death took with it is told to be gone. */
function checkSeen(seen: readonly string[], lives: readonly (readonly string[])[]): void {
  const parts: string[][] = [[]];
  for (const each of seen) {
    if (each === "(gone)") parts.push([]);
    else parts.at(-1)?.push(each);
  }
  expect(parts).toHaveLength(lives.length);
  for (const [index, part] of parts.entries()) {
    const said = lives[index] ?? [];
    expect(part).toEqual(index === lives.length - 1 ? said : said.slice(0, part.length));
  }
}

// Rows of the contract whose effect no other test looks at from outside: docs/contract.md.
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import {
  closeLogDownData,
  closeLogUpData,
  type ICommand,
  type Logger,
  Mode,
  newWebsocketServe,
  type SetWSServerConfig,
  setHost,
  setLogger,
  setMode,
  type WebsocketServe,
} from "wsgen-runtime";
import { connectClient, HandshakeRefused, type TestClient } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "./serve/define-module.js";

let serve: WebsocketServe;
afterEach(() => serve.close());

interface LogLine {
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/** A logger that keeps its lines. */
function memoryLog(): { lines: LogLine[]; option: SetWSServerConfig } {
  const lines: LogLine[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { lines, option: setLogger(pino({ level: "debug" }, sink) as unknown as Logger) };
}

async function start(definition: ModuleDefinition): Promise<string> {
  serve = await newWebsocketServe(defineModule({ port: 0, ...definition }));
  return `ws://127.0.0.1:${serve.ports[0]}/test/ws`;
}

async function startLogged(commands: ICommand[], ...config: SetWSServerConfig[]) {
  const { lines, option } = memoryLog();
  const url = await start({ commands, config: [option, ...config] });
  return { lines, client: await connectClient(url) };
}

const dataLines = (lines: readonly LogLine[], direction: "up" | "down"): unknown[] =>
  lines.filter(({ msg }) => msg === direction).map(({ command, data }) => [command, data]);

test("disableLogUpData, disableLogDownData: the data of commands is logged, unless they switch it off", async () => {
  const echo = (name: string, ...options: Parameters<typeof defineCommand>[2] & object) =>
    defineCommand(name, (_ctx, data) => data, options);
  const { lines, client } = await startLogged([
    echo("both"),
    echo("quiet up", closeLogUpData()),
    echo("quiet down", closeLogDownData()),
  ]);
  for (const name of ["both", "quiet up", "quiet down"]) await client.request(name, { secret: name });
  const data = (name: string) => [name, { secret: name }];
  expect(dataLines(lines, "up")).toEqual([data("both"), data("quiet down")]);
  expect(dataLines(lines, "down")).toEqual([data("both"), data("quiet up")]);
});

test("setLogger: a line of a connection has its id, and the injected logger gets all lines", async () => {
  const note = defineCommand("note", (ctx) => {
    ctx.log.info({ own: 1 }, "noted");
    return ctx.id;
  });
  const { lines, client } = await startLogged([note]);
  const id = await client.request("note");
  expect(lines.find(({ msg }) => msg === "noted")).toMatchObject({ connection: id, own: 1 });
  expect(lines.some(({ msg }) => msg === "listening")).toBe(true);
});

describe("an unexpected error", () => {
  const fails = defineCommand("fails", () => {
    throw new Error("password of the database is hunter2");
  });
  const errorIn = async (client: TestClient): Promise<Record<string, unknown>> => {
    client.send({ command: "fails" });
    return ((await client.next()) as { error: Record<string, unknown> }).error;
  };

  test("is logged with its stack, and never sends it", async () => {
    const { lines, client } = await startLogged([fails]);
    expect(await errorIn(client)).toEqual({ code: "failed", message: "password of the database is hunter2" });
    const logged = lines.find(({ msg }) => msg === "unexpected error");
    expect(logged).toMatchObject({ err: { stack: expect.stringContaining("contract-effects.test.ts") } });
  });

  test("is a reference in product mode, which finds the line of the log", async () => {
    const { lines, client } = await startLogged([fails], setMode(Mode.product));
    const told = await errorIn(client);
    expect(JSON.stringify(told)).not.toContain("hunter2");
    const { reference } = told.details as { reference: string };
    const logged = lines.find((line) => line.reference === reference);
    expect(logged).toMatchObject({ err: { message: "password of the database is hunter2" } });
  });

  test.each([Mode.debug, Mode.product])(
    "of connect refuses the client without its stack, in %s mode",
    async (mode) => {
      const { lines, option } = memoryLog();
      const connect = () => {
        throw new Error("no seat");
      };
      const url = await start({ connect, config: [option, setMode(mode)] });
      const refused = (await connectClient(url).catch((error: unknown) => error)) as HandshakeRefused;
      expect(refused).toBeInstanceOf(HandshakeRefused);
      expect(refused.status).toBe(500);
      const body = JSON.stringify(refused.body);
      expect(body.includes("no seat")).toBe(mode === Mode.debug);
      expect(body).not.toContain("contract-effects.test.ts");
      expect(lines.some(({ msg }) => msg === "unexpected error")).toBe(true);
    },
  );
});

test("setHost: listens on that address alone", async () => {
  await start({ config: [setHost("127.0.0.1")], commands: [ping] });
  expect(serve.addresses[0]).toMatchObject({ host: "127.0.0.1" });
  await expect(connectClient(`ws://127.0.0.2:${serve.ports[0]}/test/ws`)).rejects.toThrow("ECONNREFUSED");
});

test("id: the ids of connections are UUIDs, and all differ", async () => {
  const who = defineCommand("who", (ctx) => ctx.id);
  const url = await start({ commands: [who] });
  const clients = await Promise.all(Array.from({ length: 50 }, () => connectClient(url)));
  const ids = await Promise.all(clients.map((client) => client.request("who")));
  expect(new Set(ids).size).toBe(50);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("handshakeURL: a module may have several routes, and its commands know which one was used", async () => {
  const route = defineCommand("route", (ctx) => ctx.route);
  const url = await start({ urls: ["ws", "rooms/:room", "files/*path"], commands: [route] });
  const patterns: unknown[] = [];
  for (const path of ["/test/ws", "/test/rooms/1", "/test/files/x/y"]) {
    patterns.push(await (await connectClient(url.replace("/test/ws", path))).request("route"));
  }
  expect(patterns).toEqual(["/test/ws", "/test/rooms/:room", "/test/files/*path"]);
});

test("nothing is sent unasked: no greeting, no acknowledgement without an id", async () => {
  const url = await start({ commands: [ping, defineCommand("quiet", () => undefined)] });
  const client = await connectClient(url);
  client.send({ command: "quiet" });
  client.send({ command: "ping" });
  expect(await client.next()).toEqual({ ping: "pong" });
  client.socket.close(1000);
  await client.closed;
  await expect(client.next()).rejects.toThrow("closed");
});

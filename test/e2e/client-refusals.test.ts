// 200 of the generated client against the generated server in product mode, which refuses them for a while, or for good.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { Client, ClientOptions, StateChange } from "../../runtime/src/client/index.js";
import { reached } from "../runtime/client/reached.js";
import { eventually } from "../runtime/support/leak-check.js";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { freePort } from "../support/free-port.js";

const many = 200;
const few = 20;

/** The example's chat several times, each with the trouble and the kind of refusal that are its flag: `error-http`. */
const serveChat = `import * as runtime from "wsgen-runtime";
import { ChatModule } from "./dist/src/modules/chat/chat.module.js";
const { WebsocketError } = runtime;
let isAway = false;
process.on("message", () => { isAway = !isAway; });
const troubles = {
  error: { connect: () => { if (isAway) throw new Error("The database is away."); } },
  hang: {
    connect: () => isAway ? new Promise(() => {}) : undefined,
    config: [runtime.setHandshakeTimeout(0.5)],
  },
  full: { config: [runtime.setMaxConnections(${many})] },
  crowd: { config: [runtime.setMaxConnectionsPerAddress(${few})] },
  later: { connect: () => {
    if (isAway) throw new WebsocketError("not_now", "Wait.", { status: 503, closeCode: 1013 });
  } },
  stranger: { connect: () => {
    throw new WebsocketError("unauthorized", "Log in first.", { status: 401, closeCode: 4401 });
  } },
  banned: { connect: () => { throw new WebsocketError("banned", "Go away."); } },
  origin: {},
};
class ChatHere extends ChatModule {
  constructor(trouble, refusal) {
    super();
    Object.assign(this, { trouble, refusal });
  }
  getModuleFlag() { return this.trouble + "-" + this.refusal; }
  // The time limit of a handshake is one for all modules of a port.
  getServerPort() { return Number(process.argv[this.trouble === "hang" ? 3 : 2]); }
  getWSServerConfig() {
    const { config = [] } = troubles[this.trouble];
    const mode = runtime.setMode(runtime.Mode.product);
    return [...super.getWSServerConfig(), mode, runtime.setRefusal(this.refusal), ...config];
  }
  async connect(ctx) {
    await troubles[this.trouble].connect?.();
    return super.connect(ctx);
  }
}
const modules = Object.keys(troubles).flatMap((trouble) =>
  ["http", "close"].map((refusal) => new ChatHere(trouble, refusal)));
await runtime.newWebsocketServe(...modules);
process.send("listening");
`;

type CreateChatClient = (url: string, options: ClientOptions) => Client & { ping(): Promise<unknown> };

let example: BuiltExample;
let createChatClient: CreateChatClient;
let server: ChildProcess;
const ports: number[] = [];
beforeAll(async () => {
  example = await buildExample();
  const client = pathToFileURL(join(example.folder, "dist/client/chat.client.gen.js")).href;
  ({ createChatClient } = (await import(client)) as { createChatClient: CreateChatClient });
  const script = join(example.folder, "serve-chat.js");
  await writeFile(script, serveChat);
  ports.push(await freePort(), await freePort());
  server = spawn(process.execPath, [script, ...ports.map(String)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(server, "message");
}, 60_000);
afterAll(async () => {
  server.kill("SIGKILL");
  await example[Symbol.asyncDispose]();
});

const refusals = ["http", "close"] as const;
type Refusal = (typeof refusals)[number];
const urlOf = (trouble: string, refusal: Refusal) =>
  `ws://127.0.0.1:${ports[trouble === "hang" ? 1 : 0]}/${trouble}-${refusal}/ws?name=ann`;

function open(url: string, WebSocketHere: ClientOptions["WebSocket"] = WebSocket) {
  const backOff = { baseMs: 100, maxMs: 1_000 };
  const client = createChatClient(url, { WebSocket: WebSocketHere, backOff, onError: () => {} });
  onTestFinished(() => client.close());
  const changes: StateChange[] = [];
  client.onState((change) => changes.push(change));
  return Object.assign(client, { changes });
}

/** How a refusal looks to a client. */
const endOf = (refusal: Refusal, status: number, code: number) =>
  refusal === "http" ? { status, code: 1006, wasOpen: false } : { code, wasOpen: true };

/** Takes all places of a module. @returns what gives them back */
async function takePlaces(url: string, count: number): Promise<() => void> {
  const sockets = Array.from({ length: count }, () => new WebSocket(url));
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  return () => {
    for (const socket of sockets) socket.terminate();
  };
}

describe("a server that cannot take its clients for a while has them all back", () => {
  test.each([
    [many, "an unexpected error of connect", "error", 500, 1011],
    [few, "a connect that does not settle", "hang", 503, 1013],
    [few, "a WebsocketError that says to try again", "later", 503, 1013],
    [many, "too many connections", "full", 503, 1013],
    [few, "too many connections of one address", "crowd", 429, 1013],
  ])(
    "%i after %s",
    async (count, _name, trouble, status, code) => {
      const isFull = trouble === "full" || trouble === "crowd";
      const urls = refusals.map((refusal) => urlOf(trouble, refusal));
      const leave = isFull ? await Promise.all(urls.map((url) => takePlaces(url, count))) : [];
      if (!isFull) server.send("The database goes.");
      const clients = refusals.flatMap((refusal) =>
        Array.from({ length: count }, () => ({ refusal, client: open(urlOf(trouble, refusal)) })),
      );
      await passed(count === many ? 3_000 : 1_000);
      const isRefused = ({ changes }: (typeof clients)[number]["client"]) =>
        changes.some((change) => "end" in change && change.end !== undefined);
      await eventually(
        () => clients.every(({ client }) => isRefused(client)),
        () => "not all have been refused",
      );
      for (const giveBack of leave) giveBack();
      if (!isFull) server.send("The database comes.");
      const replies = await Promise.all(clients.map(({ client }) => ask(client)));
      expect(new Set(replies)).toEqual(new Set(["pong"]));
      for (const { refusal, client } of clients) {
        const ends = client.changes.flatMap((change) => ("end" in change && change.end) || []);
        expect(ends.length).toBeGreaterThan(0);
        for (const end of ends) expect(end).toMatchObject(endOf(refusal, status, code));
        expect(client.state).toBe("open");
      }
    },
    60_000,
  );
});

/** A client that is refused by a close has been open for a moment: what it sent then comes again. */
const ask = async (client: Client): Promise<unknown> =>
  ((await client.request("ping", {}, { isIdempotent: true })) as { ping: unknown }).ping;

class ForeignSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { origin: "https://elsewhere.example" });
  }
}

describe("a server that wants no further attempt gets none, and the client has the reason", () => {
  const reasons = [
    { title: "with a code of its own", trouble: "stranger", status: 401, code: 4401 },
    { title: "with the default code", trouble: "banned", status: 403, code: 1008 },
    { title: "from another origin", trouble: "origin", status: 403, code: 1008 },
  ];
  const causes: Record<string, object> = {
    stranger: { code: "unauthorized", message: "Log in first." },
    banned: { code: "banned", message: "Go away." },
    origin: { code: "origin_not_allowed", message: "The origin is not allowed." },
  };
  test.each(reasons.flatMap((reason) => refusals.map((refusal) => ({ ...reason, refusal }))))(
    "$title, by $refusal",
    async ({ trouble, refusal, status, code }) => {
      const client = open(urlOf(trouble, refusal), trouble === "origin" ? ForeignSocket : WebSocket);
      const settled = client.ping().catch((error) => error.code);
      const { error, end } = await reached(client, "closed");
      expect(error.cause).toMatchObject({ name: "ReplyError", ...causes[trouble] });
      expect(end).toMatchObject(endOf(refusal, status, code));
      const isHttp = refusal === "http";
      expect(client.changes.map(({ state }) => state)).toEqual(isHttp ? ["closed"] : ["open", "closed"]);
      expect(await settled).toBe("closed");
    },
  );
});

// What the compiler takes and what it refuses in a generated project: stubs, events and clients.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { readTemplates } from "../../src/fs/own-files.js";
import { generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

const spec = {
  wsgen: 1,
  name: "typed",
  schemas: {
    // Names that the core of the client has too.
    Client: { type: "object", required: ["key"], properties: { key: { type: "string" } } },
    ClientOptions: { enum: ["a", "b"] },
    Filter: { type: "object", properties: { done: { type: "boolean", default: false } } },
    Sort: { enum: ["up", "down"], default: "up" },
    Picture: { type: "string", contentEncoding: "base64" },
  },
  modules: {
    chat: {
      port: 0,
      urls: ["ws"],
      errors: {
        "room.full": {
          description: "No more than 8. */ `x` ${y}",
          details: { size: { type: "integer" }, "names?": { type: "array", items: { type: "string" } } },
          retry: true,
        },
        closed: { closeCode: 4403 },
        'it\'s "odd"': { as: "Odd", details: {} },
      },
      commands: {
        ping: { reply: { type: "object", required: ["ping"], properties: { ping: { const: "pong" } } } },
        say: {
          request: {
            type: "object",
            required: ["room", "text"],
            properties: {
              room: { type: "string" },
              text: { type: "string" },
              mood: { enum: ["good", "bad"] },
              note: { type: "string", nullable: true },
            },
            additionalProperties: false,
          },
          reply: { type: "object", required: ["delivered"], properties: { delivered: { type: "integer" } } },
          errors: ["room.full", "closed"],
        },
        search: {
          errors: {
            "too-wide": { details: { $ref: "#/schemas/Client" } },
            closed: null,
            'it\'s "odd"': null,
          },
          request: { type: "object", properties: { limit: { type: "integer" } }, required: [] },
        },
        "client.find": { request: { $ref: "#/schemas/Client" }, reply: { $ref: "#/schemas/ClientOptions" } },
        anything: { request: "any", reply: "any" },
        list: {
          request: {
            type: "object",
            required: ["page", "filter"],
            properties: {
              page: { type: "integer", default: 1 },
              filter: { $ref: "#/schemas/Filter" },
              sort: { $ref: "#/schemas/Sort" },
            },
          },
          reply: { $ref: "#/schemas/Filter" },
        },
        store: {
          request: {
            type: "object",
            required: ["data"],
            properties: {
              data: { $ref: "#/schemas/Picture" },
              parts: { type: "object", additionalProperties: { $ref: "#/schemas/Picture" } },
              mark: { type: "string", contentEncoding: "base64", default: "AAEC" },
            },
          },
          reply: { anyOf: [{ $ref: "#/schemas/Picture" }, { type: "null" }] },
        },
        // A client with a method of this name could not come out of a promise.
        "and.then": { as: "Then" },
        // What every client has already.
        ...Object.fromEntries(
          ["close", "events", "on", "once", "on-state", "request", "retry.now", "state"].map((name) => [
            name,
            {},
          ]),
        ),
      },
      events: {
        message: { data: { $ref: "#/schemas/Client" } },
        "status.changed": { data: { enum: ["on", "off"] }, slowConsumer: "drop-oldest" },
      },
    },
    "own-envelope": {
      port: 0,
      urls: ["ws"],
      config: { envelope: { command: "cmd", correlation: "seq" } },
      commands: { ping: {} },
    },
    packed: { port: 0, urls: ["ws"], config: { envelope: { codec: "msgpack" } }, commands: { ping: {} } },
    renamed: {
      port: 0,
      urls: ["ws"],
      config: { envelope: { codec: "msgpack", command: "cmd", correlation: "seq" } },
    },
    boards: { port: 23_010, urls: [String.raw`boards/v\:1/:boardId/*path`] },
    rooms: {
      ...{ port: 23_011, urls: ["ws"] },
      presence: {
        state: { user: { type: "string" }, "away?": { type: "boolean" } },
        join: "came",
        leave: "went",
      },
      events: { came: null, went: null },
    },
    empty: { port: 0, urls: ["ws"] },
  },
};

const uses = `
import { type CommandContext, type ICommand, newWebsocketServe, type WebsocketError, type WSContext } from "wsgen-runtime";
import { createEnvelope, type EventStream } from "./client/wsgen-client.gen.js";
import { type ChatClient, createChatClient, type Client, isSayError, isSearchError, type SayError } from "./client/chat.client.gen.js";
import { createOwnEnvelopeClient } from "./client/own-envelope.client.gen.js";
import { createRoomsClient } from "./client/rooms.client.gen.js";
import { createPackedClient } from "./client/packed.client.gen.js";
import { boardsConnections } from "./src/modules/boards/boards.gen.js";
import { chatConnections, chatErrors, chatEvents, type ListReply, type ListRequest, type PingReply, type PingRequest, type SayReply, type SayRequest, type StoreReply, type StoreRequest } from "./src/modules/chat/chat.gen.js";
import type { Filter } from "./src/schemas.gen.js";
import { ChatModule } from "./src/modules/chat/chat.module.js";
import { type RoomsContext, type RoomsPublicState, roomsConnections, roomsEvents, roomsModuleOptions } from "./src/modules/rooms/rooms.gen.js";
import { RoomsModule } from "./src/modules/rooms/rooms.module.js";

export class Say implements ICommand<SayRequest, SayReply> {
  getCommand = () => "say";
  getConfigOption = () => [];
  execute(_ctx: CommandContext, { mood = "good" }: SayRequest): SayReply {
    // @ts-expect-error there is no such mood
    if (mood === "sad") return { delivered: 0 };
    return { delivered: 1 };
  }
}
export class WrongReply implements ICommand<SayRequest, SayReply> {
  getCommand = () => "say";
  getConfigOption = () => [];
  // @ts-expect-error the reply has a number
  execute = () => ({ delivered: "1" });
}
export class WrongRequest implements ICommand<SayRequest, SayReply> {
  getCommand = () => "say";
  getConfigOption = () => [];
  // @ts-expect-error the request has no such field
  execute(_ctx: CommandContext, { subject }: SayRequest): SayReply { return { delivered: subject }; }
}

export class Ping implements ICommand<PingRequest, PingReply> {
  getCommand = () => "ping";
  getConfigOption = () => [];
  execute(_ctx: CommandContext, request: PingRequest): PingReply {
    // @ts-expect-error the command takes no fields
    const text: string = request["text"] satisfies string;
    return { ping: text === "" ? "pong" : "pong" };
  }
}

export class List implements ICommand<ListRequest, ListReply> {
  getCommand = () => "list";
  getConfigOption = () => [];
  execute(_ctx: CommandContext, { page, filter, sort }: ListRequest): ListReply {
    const filled: [number, boolean, "up" | "down"] = [page, filter.done, sort];
    // A request with defaults is a value of the shared schema, too.
    const shared: Filter = filter;
    // @ts-expect-error it is a number
    const wrong: string = page;
    return filled.length > 0 ? shared : { done: wrong === "" ? undefined : true };
  }
}

export class Store implements ICommand<StoreRequest, StoreReply> {
  getCommand = () => "store";
  getConfigOption = () => [];
  execute(_ctx: CommandContext, { data, parts, mark }: StoreRequest): StoreReply {
    const sizes: number[] = [data.byteLength, mark.byteLength, parts?.["a"]?.byteLength ?? 0];
    // @ts-expect-error it is bytes
    const text: string = data;
    // @ts-expect-error a part may be absent
    parts.b;
    return sizes.length > text.length ? Buffer.from(data) : null;
  }
}
export class WrongBytes implements ICommand<StoreRequest, StoreReply> {
  getCommand = () => "store";
  getConfigOption = () => [];
  // @ts-expect-error the reply has bytes
  execute = () => "aGk=";
}

export async function store(chat: ChatClient): Promise<number | undefined> {
  await chat.store({ data: new Uint8Array(2), parts: { a: Uint8Array.of(1) } });
  // @ts-expect-error a client sends bytes
  await chat.store({ data: "aGk=" });
  // @ts-expect-error a buffer is not yet bytes
  await chat.store({ data: new ArrayBuffer(2) });
  const reply: Uint8Array | null = await chat.store({ data: Buffer.from("hi"), mark: undefined });
  return reply?.byteLength;
}

export async function push(ctx: WSContext): Promise<void> {
  const server = await newWebsocketServe(new ChatModule());
  chatEvents(server).message.all.emit({ key: "1" });
  const { delivered } = chatEvents(ctx).statusChanged.room("lobby").except(ctx).emit("on");
  delivered.toFixed();
  chatEvents(ctx).message.emit(ctx, { key: "1" });
  // @ts-expect-error a field is missing
  chatEvents(ctx).message.tagged("user:1").emit({});
  // @ts-expect-error there is no such event
  chatEvents(ctx).status_changed;
  // @ts-expect-error none of the two
  chatEvents(ctx).statusChanged.to("id").emit("away");
  // @ts-expect-error a context, not its push alone
  chatEvents(ctx.module.all);
  const gone: readonly string[] = chatConnections(ctx).to("a").except(ctx).send(1).gone;
  boardsConnections(server).room("lobby").close(4000 + gone.length);
  // @ts-expect-error there is no such group
  chatConnections(ctx).rooms;
}

/** What others in a room see of a connection. */
export class Complete extends RoomsModule {
  override publicState(_ctx: RoomsContext<Record<string, never>>): RoomsPublicState { return { user: "ann" }; }
}
interface Held { readonly name: string }
export const complete = roomsModuleOptions({ publicState: ({ state }: RoomsContext<Held>) => ({ user: state.name }) });
// @ts-expect-error there is no public state
export const missing = roomsModuleOptions(new ChatModule());
// @ts-expect-error the user has another type
export const wrong = roomsModuleOptions({ publicState: () => ({ user: 7 }) });
// @ts-expect-error a promise is too late
export const late = roomsModuleOptions({ publicState: async () => ({ user: "ann" }) });
// @ts-expect-error the connection holds no such thing
export const other = roomsModuleOptions({ publicState: ({ state }: RoomsContext<Held>) => ({ user: state.user }) });
// @ts-expect-error the module has to be passed
export const options = [...roomsModuleOptions];

export async function present(ctx: WSContext): Promise<string> {
  const [first] = await roomsConnections(ctx).room("a").members();
  roomsEvents(ctx).came.room("a").emit({ room: "a", id: ctx.id, state: { user: "ann", away: true } });
  createRoomsClient("ws://localhost/rooms/ws").on("went", ({ room, id, state }) => room + id + state.user.trim());
  const [plain] = await chatConnections(ctx).room("a").members();
  // @ts-expect-error this module has no presence
  plain?.state.user;
  // @ts-expect-error there is no such member
  first?.state.name;
  // @ts-expect-error it is asynchronous, because other processes may have members later
  roomsConnections(ctx).room("a").members().length;
  // @ts-expect-error the members of a tag are not listed
  roomsConnections(ctx).tagged("a").members();
  return (first?.state.user ?? "") + String(first?.state.away);
}

/** A module whose timer and routes push to another module. */
export class Ticking extends ChatModule {
  tick(): void {
    chatEvents(this).message.all.emit({ key: "1" });
    boardsConnections(this).all.close();
  }
}

export async function talk(): Promise<void> {
  await using chat = createChatClient("ws://localhost/chat/ws", { timeoutMs: 5 });
  const reply: { ping: "pong" } = await chat.ping();
  const { delivered } = await chat.say({ room: "a", text: reply.ping, mood: "bad" }, { isIdempotent: true });
  delivered.toFixed();
  await chat.search();
  await chat.ping(undefined, { timeoutMs: 5 });
  await chat.say({ room: "a", text: "b", mood: undefined, note: null });
  // @ts-expect-error a required field is not there
  await chat.say({ room: undefined, text: "b" });
  await chat.search({ limit: undefined });
  const listed: boolean | undefined = (await chat.list({ filter: {} })).done;
  await chat.list({ filter: { done: listed }, page: undefined, sort: "down" });
  // @ts-expect-error a required field without a default
  await chat.list({ page: 1 });
  // @ts-expect-error the command takes no fields
  await chat.ping({ text: "hi" });
  // @ts-expect-error the command takes no fields
  await chat.request("ping", { text: "hi" });
  const any: unknown = await chat.anything({ text: "hi" });
  await chat.anything();
  const found: "a" | "b" = await chat.clientFind({ key: found0.key });
  found.toUpperCase();
  await chat.request("status.get" as "close", {});
  const same: { delivered: number } = await chat.request("say", { room: "a", text: "b" });
  same.delivered.toFixed();
  for (const call of [chat.closeCommand, chat.eventsCommand, chat.onCommand, chat.onceCommand]) await call();
  for (const call of [chat.onStateCommand, chat.requestCommand, chat.retryNowCommand, chat.stateCommand]) await call();
  const promised: Promise<ChatClient> = Promise.resolve(chat);
  await (await promised).thenCommand();
  chat.on("status.changed", (status: "on" | "off") => status);
  const events: EventStream<Client> = chat.events("message");
  await events.return();
  // @ts-expect-error a field is missing
  await chat.say({ room: "a" });
  // @ts-expect-error there is one field too many
  await chat.say({ room: "a", text: "b", subject: "c" });
  // @ts-expect-error the request cannot be left out
  await chat.say();
  // @ts-expect-error there is no such command
  await chat.request("shout");
  // @ts-expect-error there is no such event
  chat.on("status", () => {});
  // @ts-expect-error the reply has a number
  const wrong: { delivered: string } = await chat.say({ room: "a", text: "b" });
  createOwnEnvelopeClient("ws://localhost/own-envelope/ws");
  // @ts-expect-error MessagePack needs a library
  createPackedClient("ws://localhost/packed/ws");
  const codec = { encode: () => new Uint8Array(), decode: () => undefined };
  createPackedClient("ws://localhost/packed/ws", { envelope: createEnvelope({}, codec) });
  return void [wrong, any];
}
declare const found0: Client;

export function fail(cause: unknown): WebsocketError {
  chatErrors.roomFull({ size: 3, names: ["ann"] }, { message: "Full.", cause });
  chatErrors.closed({ status: 401 });
  chatErrors.odd("anything");
  // @ts-expect-error details are missing
  chatErrors.roomFull();
  // @ts-expect-error a detail is missing
  chatErrors.roomFull({ names: [] });
  // @ts-expect-error a detail has another type
  chatErrors.roomFull({ size: "3" });
  // @ts-expect-error there is no such detail
  chatErrors.roomFull({ size: 3, room: "a" });
  // @ts-expect-error this error has no details
  chatErrors.closed({ size: 3 });
  // @ts-expect-error the spec sets the close code
  chatErrors.closed({ closeCode: 4000 });
  // @ts-expect-error that is its code on the wire
  chatErrors["room.full"];
  // @ts-expect-error there is no such error
  chatErrors.roomEmpty;
  throw chatErrors.tooWide({ key: "a" });
}

/** Every code, so that the compiler knows that none is left. */
export async function handle(chat: ChatClient): Promise<string> {
  try {
    await chat.say({ room: "a", text: "b" });
    return "";
  } catch (error) {
    // @ts-expect-error nothing is known of it yet
    error.code;
    if (!isSayError(error)) throw error;
    const retry: boolean | undefined = error.retry;
    switch (error.code) {
      case "room.full":
        return error.details.size.toFixed() + error.details.names?.join();
      case "closed": {
        const none: undefined = error.details;
        return String(none);
      }
      case "invalid_request":
        return error.details[0]?.pointer ?? "";
      case "failed":
        return error.details?.reference ?? String(retry);
      case "invalid_message":
      case "unknown_command":
      case "timeout":
      case "rate_limited":
      case "too_busy":
      case "access_denied":
      case "not_implemented":
      case "handshake_failed":
      case "origin_not_allowed":
        return error.message;
      // @ts-expect-error an error of another command
      case "too-wide":
        return "";
      default:
        return error satisfies never;
    }
  }
}

export function handlePartly(error: SayError): string {
  // @ts-expect-error only one of them has this detail
  error.details.size;
  if (isSearchError(error)) error.message;
  switch (error.code) {
    case "room.full":
      // @ts-expect-error there is no such detail
      return error.details.room;
    default:
      // @ts-expect-error other codes are left
      return error satisfies never;
  }
}
`;

test("generated types: a handler, an event and a call that do not fit the spec do not compile; the README compiles", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-typed-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(JSON.stringify(spec)) });
  expect(model.diagnostics).toEqual([]);
  const packages = { runtime: "^1.0.0", generator: "^1.0.0" };
  const { tree, diagnostics } = await generate({
    ...{
      model: model.value!,
      files: new Map(),
      templates: await readTemplates(),
      version: "1.0.0",
      packages,
    },
    scope: { of: "project" },
  });
  expect(diagnostics).toEqual([]);
  const talk = /^## Connect a client$(.*?)^## /ms.exec(String(tree.get("README.md")))?.[1] ?? "";
  const readme = (talk.match(/^ {4}.*$/gm) ?? []).join("\n");
  expect(readme).toContain(
    'createBoardsClient("ws://localhost:23010", { params: { boardId: "boardId", path: "path" } })',
  );
  const sources = [["uses.ts", uses] as const, ["readme.ts", readme] as const];
  for (const [path, content] of [...tree, ...sources]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const strictest = ["--noUnusedLocals", "false", "--noEmit"];
  const tsconfig = JSON.parse(String(tree.get("tsconfig.json"))) as { include: string[] };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ ...tsconfig, include: [...tsconfig.include, "uses.ts", "readme.ts"] }),
  );
  const compiled = await promisify(execFile)(process.execPath, [
    ...[join(root, "node_modules/typescript/bin/tsc"), "-p", folder, ...strictest],
  ]).catch((error: { stdout: string }) => error);
  expect(compiled.stdout).toBe("");
});

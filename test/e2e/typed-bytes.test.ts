// Bytes of a spec from generated clients to a generated server and back: JSON in Node and in a page, MessagePack in Node.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { decode, encode } from "@msgpack/msgpack";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type BuiltExample, buildProject } from "../support/build-example.js";

const module = (config: string) => `
    port: 0
    urls: [ws]
    config: { maxMessageSize: 4MiB, maxMessageBufferSize: 4MiB, logConsole: false${config} }
    errors:
      broken: { details: { part: { type: string, contentEncoding: base64 } } }
    commands:
      echo:
        request: { $ref: '#/schemas/Folder' }
        reply: { $ref: '#/schemas/Folder' }
        errors: [broken]
      size:
        request: { type: object, required: [data], properties: { data: { $ref: '#/schemas/Image' } } }
        reply: { type: object, required: [size, data], properties: { size: { type: integer }, data: { $ref: '#/schemas/Image' } } }
        examples:
          - { request: { data: aGk= }, reply: { size: 2, data: aGk= } }
          - { request: { data: '' }, reply: { size: 0, data: { $any: string } } }
      leave: { config: { responseData: false }, request: { type: object, properties: { code: { type: integer, default: 4000 } } } }
    events:
      changed: { data: { $ref: '#/schemas/Folder' }, replay: { last: 5 } }
      chunk: { data: { type: string, contentEncoding: base64 } }`;

const spec = `
wsgen: 1
name: files
schemas:
  Image: { type: string, contentEncoding: base64, contentMediaType: image/png }
  Folder:
    type: object
    required: [name]
    properties:
      name: { type: string }
      data: { anyOf: [{ $ref: '#/schemas/Image' }, { type: 'null' }] }
      list: { type: array, items: { type: string, contentEncoding: base64 } }
      byName: { type: object, additionalProperties: { type: string, contentEncoding: base64 } }
      folder: { $ref: '#/schemas/Folder' }
    additionalProperties: false
modules:
  files:${module("")}
  packed:${module(", envelope: { codec: msgpack }")}
`;

const commands = (flag: string, Flag: string): Readonly<Record<string, string>> => ({
  echo: `import type { CommandContext, ICommand } from "wsgen-runtime";
import { type EchoReply, type EchoRequest, echoOptions, ${flag}Errors, ${flag}Events } from "../${flag}.gen.js";

export class EchoCommand implements ICommand<EchoRequest, EchoReply> {
  getCommand = () => "echo";
  getConfigOption = () => [...echoOptions];
  execute(ctx: CommandContext, folder: EchoRequest): EchoReply {
    const first: Uint8Array | undefined = folder.list?.[0];
    if (folder.name === "broken") throw ${flag}Errors.broken({ part: first ?? new Uint8Array() });
    if (first !== undefined) ${flag}Events(ctx).chunk.emit(ctx, first.subarray(1));
    ${flag}Events(ctx).changed.all.emit(folder);
    return folder;
  }
}
`,
  size: `import type { CommandContext, ICommand } from "wsgen-runtime";
import { type SizeReply, type SizeRequest, sizeOptions } from "../${flag}.gen.js";

export class SizeCommand implements ICommand<SizeRequest, SizeReply> {
  getCommand = () => "size";
  getConfigOption = () => [...sizeOptions];
  execute(_ctx: CommandContext, { data }: SizeRequest): SizeReply {
    return { size: data.byteLength, data: Buffer.from(data) };
  }
}
`,
  leave: `import type { CommandContext, ICommand } from "wsgen-runtime";
import { type LeaveReply, type LeaveRequest, leaveOptions } from "../${flag}.gen.js";

export class LeaveCommand implements ICommand<LeaveRequest, LeaveReply> {
  getCommand = () => "leave";
  getConfigOption = () => [...leaveOptions];
  execute(ctx: CommandContext, { code }: LeaveRequest): LeaveReply {
    ctx.close(code, "${Flag}");
    return undefined;
  }
}
`,
});

const serve = `import { newWebsocketServe } from "wsgen-runtime";
import { FilesModule } from "./dist/src/modules/files/files.module.js";
import { PackedModule } from "./dist/src/modules/packed/packed.module.js";
const server = await newWebsocketServe(new FilesModule(), new PackedModule());
process.send({ files: server.module("files").port, packed: server.module("packed").port });
`;

let project: BuiltExample;
let ports: { readonly files: number; readonly packed: number };
let stop: () => Promise<void>;

beforeAll(async () => {
  project = await buildProject(new TextEncoder().encode(spec), async (folder) => {
    for (const [flag, Flag] of [
      ["files", "Files"],
      ["packed", "Packed"],
    ] as const) {
      for (const [name, text] of Object.entries(commands(flag, Flag)))
        await writeFile(join(folder, `src/modules/${flag}/commands/${name}.command.ts`), text);
      const file = join(folder, `src/modules/${flag}/${flag}.module.ts`);
      const text = (await readFile(file, "utf8"))
        .replace("_ctx", "ctx")
        .replace(
          "    return {};",
          `    if (ctx.query.has("refuse")) throw ${flag}Errors.broken({ part: Uint8Array.of(7) });\n$&`,
        )
        .replace(`${flag}ModuleOptions }`, `${flag}Errors, $&`);
      await writeFile(file, text);
    }
    await writeFile(join(folder, "serve.js"), serve);
  });
  const server = spawn(process.execPath, [join(project.folder, "serve.js")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  [ports] = (await once(server, "message")) as [typeof ports];
  stop = async () => {
    const closed = once(server, "close");
    server.kill("SIGTERM");
    await closed;
  };
});
afterAll(async () => {
  await stop?.();
  await project?.[Symbol.asyncDispose]();
});

/** The names that a page has, and no others: neither `Buffer` nor `process`, and a `Uint8Array` of its own. */
async function loadPage() {
  const work = await rolldown({
    input: join(project.folder, "client/files.client.gen.ts"),
    platform: "browser",
  });
  const { output } = await work.generate({ format: "iife", name: "page" });
  await work.close();
  const sandbox = createContext({
    ...{ WebSocket, URL, atob, btoa, console, performance, setTimeout, clearTimeout, structuredClone },
    AbortSignal,
    DOMException,
  });
  runInContext(output[0].code, sandbox);
  return {
    // biome-ignore lint/suspicious/noExplicitAny: the generated client has no types here
    create: runInContext("page.createFilesClient", sandbox) as (...args: unknown[]) => any,
    toBytes: runInContext("(list) => Uint8Array.from(list)", sandbox) as (
      list: Iterable<number>,
    ) => Uint8Array,
  };
}

async function loadClient(flag: "files" | "packed") {
  const load = (name: string) =>
    import(/* @vite-ignore */ pathToFileURL(join(project.folder, "dist/client", name)).href);
  const { createFilesClient, createPackedClient } = await load(`${flag}.client.gen.js`);
  const { createEnvelope, createResume } = await load("wsgen-client.gen.js");
  const codec = { encode, decode: (frame: ArrayBuffer) => decode(frame) };
  const envelope = flag === "packed" ? { envelope: createEnvelope({}, codec) } : {};
  return {
    create: (url: string, options: object) =>
      (createFilesClient ?? createPackedClient)(url, { ...envelope, ...options }),
    createResume,
    toBytes: (list: Iterable<number>) => Uint8Array.from(list),
  };
}

describe.each([
  ["JSON in Node", "files", () => loadClient("files")],
  ["JSON in a page", "files", loadPage],
  ["MessagePack in Node", "packed", () => loadClient("packed")],
] as const)("%s", (_title, flag, load) => {
  test("bytes of requests, replies, events and errors, at every depth", async () => {
    const { create, toBytes } = await load();
    const client = create(`ws://127.0.0.1:${ports[flag]}/${flag}/ws`, { WebSocket });
    const [one, two, none] = [toBytes([1, 2, 3]), toBytes([255, 254]), toBytes([])];
    const folder = {
      name: "a",
      data: one,
      list: [two, none],
      byName: { x: one },
      folder: { name: "b", data: null, list: [one] },
    };
    const heard = client.once("changed");
    const chunk = client.once("chunk");
    const same = JSON.stringify(folder, toText);
    expect(JSON.stringify(await client.echo(folder), toText)).toBe(same);
    expect(JSON.stringify(await heard, toText)).toBe(same);
    expect([...(await chunk)]).toEqual([254]);
    expect(JSON.stringify(folder, toText)).toBe(same);
    await expect(client.echo({ name: "broken", list: [two] })).rejects.toMatchObject({ code: "broken" });
    const { details } = await client.echo({ name: "broken", list: [two] }).catch((error: unknown) => error);
    expect([...details.part]).toEqual([255, 254]);
    await client.close();
  });

  test("bytes of the error that refuses a handshake", async () => {
    const { create } = await load();
    const client = create(`ws://127.0.0.1:${ports[flag]}/${flag}/ws?refuse`, { WebSocket });
    const { code, cause } = await client.size({ data: new Uint8Array() }).catch((error: unknown) => error);
    expect(code).toBe("closed");
    expect(cause.code).toBe("broken");
    expect([...cause.details.part]).toEqual([7]);
  });

  test("a megabyte", async () => {
    const { create, toBytes } = await load();
    const client = create(`ws://127.0.0.1:${ports[flag]}/${flag}/ws`, { WebSocket });
    const data = toBytes(Array.from({ length: 1_000_000 }, (_, at) => (at * 7) % 256));
    const reply = await client.size({ data });
    expect(reply.size).toBe(1_000_000);
    expect(Buffer.from(data).equals(Buffer.from(reply.data))).toBe(true);
    await client.close();
  });
});

test.each(["files", "packed"] as const)(
  "a client of %s that comes back gets the bytes that it missed",
  async (flag) => {
    const { create, createResume } = await loadClient(flag);
    const url = `ws://127.0.0.1:${ports[flag]}/${flag}/ws`;
    const resume = createResume();
    const away = create(url, { WebSocket, resume, backOff: { baseMs: 1, maxMs: 200 } });
    await using seen = away.events("changed");
    const here = create(url, { WebSocket });
    await here.echo({ name: "first", data: Uint8Array.of(1) });
    expect(await seen.next()).toMatchObject({ value: { name: "first", data: Uint8Array.of(1) } });
    const left = new Promise((resolve) => {
      away.onState(({ state }: { state: string }) => state === "waiting" && resolve(state));
    });
    away.leave().catch(() => {});
    await left;
    await here.echo({ name: "missed", data: Uint8Array.of(2) });
    expect(await seen.next()).toMatchObject({ value: { name: "missed", data: Uint8Array.of(2) } });
    await away.close();
    await here.close();
  },
);

test("text that is no base64 is an invalid request, with its place", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${ports.files}/files/ws`);
  await once(socket, "open");
  socket.send(
    JSON.stringify({ command: "echo", id: 1, name: "a", folder: { name: "b", list: ["aGk=", "aGk"] } }),
  );
  const [answer] = await once(socket, "message");
  socket.close();
  const message = "must be bytes (in JSON: base64 with padding)";
  expect(JSON.parse(String(answer)).error).toMatchObject({
    code: "invalid_request",
    details: [{ pointer: "/folder/list/1", rule: "contentEncoding", message }],
  });
});

test.each(["files", "packed"])("the generated tests of %s pass", async (flag) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--test", "--test-reporter=tap", join(project.folder, `dist/test/${flag}.gen.test.js`)],
    { cwd: project.folder },
  ).catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(stdout).toMatch(/^# pass [4-9]/m);
});

/** Bytes of any realm as a list. */
function toText(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const own = this[name];
  return ArrayBuffer.isView(own) ? [...(own as Uint8Array)] : value;
}

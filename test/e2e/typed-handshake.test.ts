// A handshake that the spec describes, from the generated client to the context of a command, and the state that `connect` returns.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type BuiltExample, buildProject } from "../support/build-example.js";
import { compileProject } from "../support/compile-project.js";

const spec = `
wsgen: 1
name: board-server
modules:
  board:
    port: 0
    urls: ['boards/:boardId', 'boards/:boardId/files/*path']
    config: { mode: product, logConsole: false }
    handshake:
      params: { boardId: { type: string, format: uuid } }
      query:
        page: { type: integer, minimum: 1, default: 1 }
        live?: { type: boolean }
        tags?: { type: array, items: { type: string } }
        __proto__?: { type: integer }
      cookies: { session?: { type: string, minLength: 8 } }
    commands:
      whereAmI: { as: Where, reply: { type: object } }
`;

const command = `import type { ICommand } from "wsgen-runtime";
import { type BoardCommandContext, type WhereReply, type WhereRequest, whereOptions } from "../board.gen.js";
import type { BoardState } from "../board.module.js";

export class WhereCommand implements ICommand<WhereRequest, WhereReply, BoardCommandContext<BoardState>> {
  getCommand = () => "whereAmI";
  getConfigOption = () => [...whereOptions];
  execute({ params, query, cookies, state }: BoardCommandContext<BoardState>): WhereReply {
    const next: number = (state.pages[0] ?? 0) + 1;
    const tags: string[] = query.tags ?? [];
    return { board: params.boardId.slice(0, 4), path: params.path ?? null, next, live: query.live ?? null, tags, session: cookies.session?.length ?? 0 };
  }
}
`;

const module = `import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type BoardConnectContext, type BoardContext, boardModuleOptions } from "./board.gen.js";
import { WhereCommand } from "./commands/where.command.js";

export interface BoardState {
  readonly pages: readonly number[];
}

export class BoardModule implements IWebsocket<BoardContext<BoardState>> {
  async connect(ctx: BoardConnectContext): Promise<BoardState> {
    return { pages: [ctx.query.page] };
  }
  async disconnect(_ctx: BoardContext<BoardState>): Promise<void> {}
  async close(ctx: BoardContext<BoardState>): Promise<void> {
    ctx.log.debug({ pages: ctx.state.pages.length }, "closed");
  }
  handshakeURL = (): string[] => ["boards/:boardId", "boards/:boardId/files/*path"];
  getCommandList = (): ICommand[] => [new WhereCommand()];
  getModuleFlag = (): string => "board";
  getServerPort = (): number => 0;
  getWSServerConfig = (): SetWSServerConfig[] => [...boardModuleOptions];
}
`;

const serve = `import { newWebsocketServe } from "wsgen-runtime";
import { BoardModule } from "./dist/src/modules/board/board.module.js";
const server = await newWebsocketServe(new BoardModule());
process.send(server.ports[0]);
`;

const boardId = "123e4567-e89b-42d3-a456-426614174000";
let project: BuiltExample;
let base: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  project = await buildProject(new TextEncoder().encode(spec), async (folder) => {
    await writeFile(join(folder, "src/modules/board/commands/where.command.ts"), command);
    await writeFile(join(folder, "src/modules/board/board.module.ts"), module);
    await writeFile(join(folder, "serve.js"), serve);
  });
  const server = spawn(process.execPath, [join(project.folder, "serve.js")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [port] = await once(server, "message");
  base = `ws://127.0.0.1:${port}`;
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

// biome-ignore lint/suspicious/noExplicitAny: the generated client has no types here
async function ask(address: object, options: object = { WebSocket }): Promise<any> {
  const file = pathToFileURL(join(project.folder, "dist/client/board.client.gen.js")).href;
  const { createBoardClient } = await import(/* @vite-ignore */ file);
  const client = createBoardClient(base, { ...options, ...address });
  try {
    return await client.where();
  } finally {
    client.close();
  }
}

describe("a generated client and a generated server", () => {
  test("values of the handshake arrive with their types, and defaults are filled in", async () => {
    expect(await ask({ params: { boardId } })).toEqual({
      ...{ board: "123e", path: null, next: 2, live: null, tags: [], session: 0 },
    });
    const query = { page: 7, live: false, tags: ["a&b", "获"] };
    expect(await ask({ params: { boardId, path: "a/b c" }, query })).toEqual({
      ...{ board: "123e", path: "/a/b c", next: 8, live: false, tags: ["a&b", "获"], session: 0 },
    });
  });

  test("a wrong handshake is refused with every problem", async () => {
    const response = await fetch(`${base.replace("ws", "http")}/board/boards/lobby?page=0&live=maybe`, {
      headers: { cookie: "session=short" },
    }).catch(() => undefined);
    // A plain request gets 426: only a handshake is checked.
    expect(response?.status).toBe(426);
    const socket = new WebSocket(`${base}/board/boards/lobby?page=0&live=maybe`, {
      headers: { cookie: "session=short" },
    });
    const [, answer] = await once(socket, "unexpected-response");
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    expect(answer.statusCode).toBe(400);
    const { error } = JSON.parse(Buffer.concat(chunks).toString());
    expect(error.details.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...["/params/boardId", "/query/page", "/query/live", "/cookies/session"],
    ]);
  });

  test("the generated tests send a handshake that fits", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--test", "--test-reporter=tap", join(project.folder, "dist/test/board.gen.test.js")],
      { cwd: project.folder },
    );
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# pass [1-9]/m);
  });
});

const uses: readonly { readonly given: string; readonly want: string }[] = [
  { given: "createBoardClient(url)", want: "Expected 2 arguments" },
  { given: "createBoardClient(url, {})", want: "not assignable to parameter" },
  { given: "createBoardClient(url, { params: { board: id } })", want: "'board' does not exist" },
  { given: "createBoardClient(url, { params: { boardId: 7 } })", want: "not assignable to type 'string'" },
  {
    given: 'createBoardClient(url, { params: { boardId: id }, query: { page: "2" } })',
    want: "not assignable to type 'number'",
  },
  {
    given: "createBoardClient(url, { params: { boardId: id }, query: { size: 1 } })",
    want: "'size' does not exist",
  },
  { given: "(ctx: BoardContext) => ctx.params.board", want: "'board' does not exist" },
  { given: '(ctx: BoardContext) => ctx.query.get("page")', want: "'get' does not exist" },
  {
    given: "(ctx: BoardContext): string => ctx.query.page",
    want: "'number' is not assignable to type 'string'",
  },
  {
    given: "(ctx: BoardContext): boolean => ctx.query.live",
    want: "'boolean | undefined' is not assignable",
  },
  {
    given: "(ctx: BoardCommandContext): string => ctx.cookies.session",
    want: "'string | undefined' is not assignable",
  },
  {
    given: "(ctx: BoardConnectContext) => ctx.state.pages.length",
    want: "'ctx.state.pages' is of type 'unknown'",
  },
  {
    given: "(ctx: BoardContext<BoardState>): string => ctx.state.pages",
    want: "not assignable to type 'string'",
  },
  { given: "(ctx: BoardCommandContext<BoardState>) => ctx.state.page", want: "'page' does not exist" },
  { given: "(ctx: BoardCommandContext) => ctx.cookies.token", want: "'token' does not exist" },
];

test("the compiler points at each wrong use of a handshake, and at nothing else", async () => {
  const file = join(project.folder, "src/uses.ts");
  const head = `import { createBoardClient } from "../client/board.client.gen.js";
import type { BoardCommandContext, BoardConnectContext, BoardContext } from "./modules/board/board.gen.js";
import type { BoardState } from "./modules/board/board.module.js";
const [url, id] = ["ws://localhost", "${boardId}"];
export const right = createBoardClient(url, { params: { boardId: id, path: undefined }, query: { page: 2 } });
`;
  await writeFile(
    file,
    head + uses.map(({ given }, index) => `export const use${index} = ${given};\n`).join(""),
  );
  const found = (await compileProject(project.folder)).split("\n");
  const first = head.split("\n").length;
  for (const [index, { given, want }] of uses.entries()) {
    const line = found.find((text) => text.startsWith(`src/uses.ts(${first + index},`));
    expect(line ?? "no error", given).toContain(want);
  }
  const lines = found.filter((text) => text.startsWith("src/"));
  expect(new Set(lines.map((text) => text.slice(0, text.indexOf(","))))).toHaveLength(uses.length);
  await writeFile(file, "export {};\n");
});

test("a parameter with another name in the spec is an error at each line that reads it", async () => {
  const generated = join(project.folder, "src/modules/board/board.gen.ts");
  const text = await readFile(generated, "utf8");
  await writeFile(generated, text.replaceAll(/\bboardId\b/g, "board"));
  expect(await compileProject(project.folder)).toMatch(
    /^src\/modules\/board\/commands\/where\.command\.ts\(\d+,\d+\): error .*'boardId' does not exist/m,
  );
  await writeFile(generated, text);
});

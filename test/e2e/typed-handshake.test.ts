// What the spec describes, from the generated client to the context of a command: a handshake, the state that `connect` returns, and
// the state that guards return.
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
      sign: { guards: [member, owner], reply: { type: object } }
`;

const guards = {
  member: `import type { BoardCommandContext } from "../board.gen.js";
import type { BoardState, User } from "../board.module.js";

export async function member(ctx: BoardCommandContext<BoardState>): Promise<{ user: User } | false> {
  return ctx.state.user !== undefined && { user: ctx.state.user };
}
`,
  owner: `import { WebsocketError } from "wsgen-runtime";
import type { BoardCommandContext } from "../board.gen.js";
import type { BoardState } from "../board.module.js";
import { member } from "./member.guard.js";

// Not a declaration that is hoisted: the generated file must not need it before the start.
export const owner = async (ctx: BoardCommandContext<BoardState>): Promise<{ since: number }> => {
  const known = await member(ctx);
  if (known === false || known.user.name !== "owner-ann") throw new WebsocketError("not_yours", "Not yours.");
  return { since: 7 };
};
`,
};

const sign = `import type { ICommand } from "wsgen-runtime";
import { type SignContext, type SignReply, type SignRequest, signOptions } from "../board.gen.js";
import type { BoardState } from "../board.module.js";

export class SignCommand implements ICommand<SignRequest, SignReply, SignContext<BoardState>> {
  getCommand = () => "sign";
  getConfigOption = () => [...signOptions];
  execute({ state }: SignContext<BoardState>): SignReply {
    const before: string | undefined = state.user.name.split("-")[1];
    return { by: before, since: state.since.toFixed(), pages: state.pages.length };
  }
}
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
import { SignCommand } from "./commands/sign.command.js";
import { WhereCommand } from "./commands/where.command.js";

export interface BoardState {
  readonly pages: readonly number[];
  readonly user: User | undefined;
}

export interface User {
  readonly name: string;
}

export class BoardModule implements IWebsocket<BoardContext<BoardState>> {
  async connect(ctx: BoardConnectContext): Promise<BoardState> {
    const { session } = ctx.cookies;
    return { pages: [ctx.query.page], user: session === undefined ? undefined : { name: session } };
  }
  async disconnect(_ctx: BoardContext<BoardState>): Promise<void> {}
  async close(ctx: BoardContext<BoardState>): Promise<void> {
    ctx.log.debug({ pages: ctx.state.pages.length }, "closed");
  }
  handshakeURL = (): string[] => ["boards/:boardId", "boards/:boardId/files/*path"];
  getCommandList = (): ICommand[] => [new WhereCommand(), new SignCommand()];
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
    await writeFile(join(folder, "src/modules/board/commands/sign.command.ts"), sign);
    for (const [name, text] of Object.entries(guards)) {
      await writeFile(join(folder, `src/modules/board/guards/${name}.guard.ts`), text);
    }
    await writeFile(join(folder, "src/modules/board/board.module.ts"), module);
    const setup = join(folder, "test/board.setup.ts");
    const cookie = '$&\n  options: { headers: { cookie: "session=owner-ann" } },';
    await writeFile(setup, (await readFile(setup, "utf8")).replace(/^ {2}path: .*$/m, cookie));
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

/** A class whose sockets send these headers. */
const withHeaders = (headers: Record<string, string>) =>
  class extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols, { headers });
    }
  };

// biome-ignore lint/suspicious/noExplicitAny: the generated client has no types here
async function ask(address: object, command: "where" | "sign" = "where", headers = {}): Promise<any> {
  const file = pathToFileURL(join(project.folder, "dist/client/board.client.gen.js")).href;
  const { createBoardClient } = await import(/* @vite-ignore */ file);
  const client = createBoardClient(base, { WebSocket: withHeaders(headers), ...address });
  try {
    return await client[command]();
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

  test("guards refuse with their errors, and the command has what they returned", async () => {
    const signAs = (cookie?: string) =>
      ask({ params: { boardId } }, "sign", cookie === undefined ? {} : { cookie: `session=${cookie}` });
    await expect(signAs()).rejects.toMatchObject({ code: "access_denied", message: "Access denied." });
    await expect(signAs("guest-bob")).rejects.toMatchObject({ code: "not_yours" });
    expect(await signAs("owner-ann")).toEqual({ by: "ann", since: "7", pages: 1 });
  });

  test("a guard's own file can be loaded first, as its test does", async () => {
    for (const name of ["member", "owner"]) {
      const file = pathToFileURL(join(project.folder, `dist/src/modules/board/guards/${name}.guard.js`)).href;
      const script = `console.log(typeof (await import(${JSON.stringify(file)})).${name})`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
      expect(stdout).toBe("function\n");
    }
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

  test("the generated tests send a handshake that fits, and have what guards need", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--test", "--test-reporter=tap", join(project.folder, "dist/test/board.gen.test.js")],
      { cwd: project.folder },
    );
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# pass [1-9]/m);
  });
});

/** Those of a state that guards narrow; wrong-uses.ts has the others. */
const uses: readonly { readonly given: string; readonly want: string }[] = [
  {
    given: "(ctx: BoardCommandContext<BoardState>) => ctx.state.user.name",
    want: "'ctx.state.user' is possibly 'undefined'",
  },
  {
    given: "(ctx: WhereContext<BoardState>) => ctx.state.user.name",
    want: "'ctx.state.user' is possibly 'undefined'",
  },
  {
    given: "(ctx: SignContext<BoardState>): number => ctx.state.user.name",
    want: "'string' is not assignable to type 'number'",
  },
  {
    given: "(ctx: SignContext<BoardState>) => ctx.connection.state.user.name",
    want: "'ctx.connection.state.user' is possibly 'undefined'",
  },
  { given: "(ctx: SignContext<BoardState>) => ctx.state.admin", want: "'admin' does not exist" },
  { given: "(ctx: SignContext) => ctx.state.user.admin", want: "'admin' does not exist" },
  {
    given: "((ctx) => ctx.state.user?.name) satisfies Guard<BoardCommandContext<BoardState>>",
    want: "'string | undefined' is not assignable",
  },
];

test("the compiler points at each wrong use of a narrowed state, and at nothing else", async () => {
  const file = join(project.folder, "src/uses.ts");
  const head = `import { createBoardClient } from "../client/board.client.gen.js";
import { type Guard, setGuards } from "wsgen-runtime";
import type { BoardCommandContext, SignContext, WhereContext } from "./modules/board/board.gen.js";
import { owner } from "./modules/board/guards/owner.guard.js";
import type { BoardState } from "./modules/board/board.module.js";
const [url, id] = ["ws://localhost", "${boardId}"];
export const rightGuards = setGuards(() => [owner]);
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

const generatedFile = "src/modules/board/board.gen.ts";

/** The errors of the compiler after an edit of the generated file, as a change of the spec makes it. */
async function compileWith(edits: readonly (readonly [string, string])[]): Promise<string> {
  const path = join(project.folder, generatedFile);
  const text = await readFile(path, "utf8");
  const edited = edits.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replaceAll(from, to);
  }, text);
  await writeFile(path, edited);
  const compiled = await compileProject(project.folder);
  await writeFile(path, text);
  return compiled;
}

test("a guard that leaves the spec is an error at each line that reads what it returned", async () => {
  expect(await compileWith([["[typeof memberGuard, typeof ownerGuard]", "[typeof ownerGuard]"]])).toMatch(
    /^src\/modules\/board\/commands\/sign\.command\.ts\(9,\d+\): error .*'state\.user' is possibly 'undefined'/m,
  );
  expect(await compileWith([["[typeof memberGuard, typeof ownerGuard]", "[typeof memberGuard]"]])).toMatch(
    /^src\/modules\/board\/commands\/sign\.command\.ts\(10,\d+\): error .*'since' does not exist/m,
  );
});

/** A guard with the context of another module, or another state. */
const guardOf = (types: string): string => `import type { CommandContext, ContextTypes } from "wsgen-runtime";
import type { BoardState } from "../board.module.js";
export const owner = (_ctx: CommandContext<ContextTypes<{ ${types} }>>): { since: number } & Partial<BoardState> => ({ since: 7 });
`;

test("a guard of the spec that its file does not export, that returns or reads something else, is an error", async () => {
  expect(await compileWith([["{ owner as ownerGuard }", "{ owners as ownerGuard }"]])).toMatch(
    /^src\/modules\/board\/board\.gen\.ts\(\d+,\d+\): error .*no exported member.* 'owners'/m,
  );
  const file = join(project.folder, "src/modules/board/guards/owner.guard.ts");
  await writeFile(file, "export const owner = (): string => 'yes';\n");
  expect(await compileProject(project.folder)).toMatch(
    /^src\/modules\/board\/board\.gen\.ts\(\d+,\d+\): error .*string/m,
  );
  await writeFile(file, guardOf("params: { room: string }; state: BoardState"));
  expect(await compileProject(project.folder)).toMatch(
    /^src\/modules\/board\/board\.gen\.ts\(\d+,\d+\): error .*Guard/m,
  );
  await writeFile(file, guardOf("state: { admin: boolean }"));
  expect(await compileProject(project.folder)).toMatch(
    /^src\/modules\/board\/commands\/sign\.command\.ts\(9,\d+\): error .*'GuardReadsAnotherState'/m,
  );
  await writeFile(file, guards.owner);
});

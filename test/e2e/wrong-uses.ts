/** A module that is added to the spec of the board example: what the example does not need. */
export const moduleLab = `
  lab:
    port: 10110
    urls: ["things/:thingId", "things/:thingId/files/*path"]
    handshake:
      params: { thingId: { type: string, format: uuid } }
      query: { page: { type: integer, default: 1 }, live?: { type: boolean }, tags?: { type: array, items: { type: string } } }
      headers: { x-team: { type: string } }
      cookies: { session?: { type: string, minLength: 8 } }
    errors:
      locked: { details: { by?: { type: string } } }
    commands:
      note:
        request:
          type: object
          required: [text]
          properties:
            text: { type: string, nullable: true }
            kind: { enum: [idea, task], default: idea }
        reply: { type: object, required: [text], properties: { text: { type: string, nullable: true } } }
        errors: [locked]
      reset: {}
      anything: { request: any, reply: any }
    events:
      noted: { data: { type: object, required: [text], properties: { text: { type: string } } } }
      cleared:
`;

/** What the uses import. */
export const imports = `
import { type CommandContext, disableErrorMessage, type Guard, type GuardedContext, type ICommand, type IWebsocket, newWebsocketServe, type SetCommandConfig, type SetWSServerConfig, setCommandGuards, setGuards, setMaxMessageSize } from "wsgen-runtime";
import { startModules, type TestSetup } from "wsgen-runtime/testing";
import { createAccountClient } from "../client/account.client.gen.js";
import { createActivityClient } from "../client/activity.client.gen.js";
import { type AddError, type BoardClient, type BoardRefusal, createBoardClient, type FileError, isAddError, isBoardRefusal, isFileError, isMoveError, type MoveError } from "../client/board.client.gen.js";
import { createLabClient, isNoteError, type LabClient } from "../client/lab.client.gen.js";
import { AccountModule } from "./modules/account/account.module.js";
import { accountConnections, accountErrors, type LoginReply, type LoginRequest } from "./modules/account/account.gen.js";
import { type ActivityCommandContext, type ActivityConnectContext, type ActivityContext, activityConnections, activityErrors, activityEvents } from "./modules/activity/activity.gen.js";
import { ActivityModule } from "./modules/activity/activity.module.js";
import { type AddContext, type AddReply, type AddRequest, type AttachRequest, addOptions, type BoardCommandContext, type BoardConnectContext, type BoardContext, type BoardPresence, type BoardPublicState, boardConnections, boardErrors, boardEvents, boardModuleOptions, type CardsContext, type CardsReply, type MoveContext, type PeopleReply, type PeopleRequest } from "./modules/board/board.gen.js";
import { BoardModule, type BoardState } from "./modules/board/board.module.js";
import { AddCommand } from "./modules/board/commands/add.command.js";
import { member } from "./modules/board/guards/member.guard.js";
import { owner } from "./modules/board/guards/owner.guard.js";
import { type LabCommandContext, type LabConnectContext, type LabContext, labErrors, labEvents, type NoteRequest, type NoteReply, type ResetRequest } from "./modules/lab/lab.gen.js";
import { LabModule } from "./modules/lab/lab.module.js";
import type { Card, Column, Happening, Member, Role } from "./schemas.gen.js";
import type { Store } from "./store.js";
declare const ctx: AddContext<BoardState>;
declare const store: Store;
declare const card: Card;
declare const happening: Happening;
declare const board: BoardClient;
declare const lab: LabClient;
const [url, token] = ["ws://localhost:10110", "a token of 20 characters"];
const params = { board: "demo" };
const thing = { thingId: "123e4567-e89b-42d3-a456-426614174000" };
`;

/**
 * An expression with one place that is wrong and right: \`{{wrong||right}}\`. The wrong one does not compile, with this code of the
 * compiler, and the right one does.
 */
export interface WrongUse {
  readonly about: string;
  readonly use: string;
  readonly code: number;
}

const of = (about: string, uses: readonly (readonly [use: string, code: number])[]): WrongUse[] =>
  uses.map(([use, code]) => ({ about, use, code }));

export const wrongUses: readonly WrongUse[] = [
  ...of("the address of a client", [
    ["createBoardClient(url{{||, { params, query: { token } }}})", 2554],
    ["createBoardClient(url, { {{||params, }}query: { token } })", 2345],
    ["createBoardClient(url, { params: { {{bord||board}}: token }, query: { token } })", 2561],
    ['createBoardClient(url, { params: { board: {{7||"7"}} }, query: { token } })', 2322],
    ["createBoardClient(url, { params, query: { {{||token}} } })", 2741],
    ["createActivityClient(url, { query: { token, {{lst||last}}: 5 } })", 2561],
    ['createActivityClient(url, { query: { token, last: {{"5"||5}} } })', 2322],
    ['createLabClient(url, { params: thing, query: { live: {{"yes"||true}} } })', 2322],
    ['createLabClient(url, { params: thing, query: { tags: {{"a"||["a"]}} } })', 2322],
    ["createLabClient(url, { params: thing, {{headers||query}}: {} })", 2353],
    ["createAccountClient(url, { {{params: {}||timeoutMs: 5}} })", 2353],
  ]),
  ...of("the handshake on the server", [
    ["(ctx: BoardContext) => ctx.params.{{bord||board}}", 2551],
    ["(ctx: CardsContext) => ctx.params.{{boardId||board}}", 2551],
    ["(ctx: BoardConnectContext) => ctx.params.{{room||board}}", 2339],
    ['(ctx: BoardContext) => ctx.query.{{get("token")||token}}', 2339],
    ["(ctx: ActivityContext): {{string||number}} => ctx.query.last", 2322],
    ["(ctx: ActivityConnectContext) => ctx.query.last.{{trim||toFixed}}()", 2339],
    ["(ctx: LabContext): boolean => ctx.query.live{{|| ?? false}}", 2322],
    ["(ctx: LabContext): {{string||number}} => ctx.query.page", 2322],
    ["(ctx: LabContext) => ctx.params.path{{||?}}.slice(1)", 18048],
    ["(ctx: LabCommandContext) => ctx.cookies.session{{||?}}.length", 18048],
    ["(ctx: LabCommandContext) => ctx.cookies.{{token||session}}", 2339],
    ['(ctx: LabContext): {{number||string}} => ctx.headers["x-team"]', 2322],
    ['(ctx: LabContext): string => ctx.headers["{{x-tem||x-team}}"]', 2551],
  ]),
  ...of("the state of a connection", [
    ["(ctx: BoardConnectContext) => ctx.{{state.name.length||query.token.length}}", 18046],
    ["(ctx: BoardContext<BoardState>) => ctx.state.{{nam||name}}", 2551],
    ["(ctx: BoardContext<BoardState>): {{number||string}} => ctx.state.name", 2322],
    ['(ctx: BoardContext<BoardState>) => ctx.state.name {{=||===}} "bob"', 2540],
    ["(ctx: BoardConnectContext): {{string||unknown}} => ctx.state.name", 2322],
    [
      'class implements Pick<IWebsocket<BoardContext<BoardState>>, "connect"> { connect = () => ({ name: token{{||, store}} }); }',
      2416,
    ],
    [
      'class implements Pick<IWebsocket<BoardContext<BoardState>>, "connect"> { connect = () => {{undefined||new Error(token)}}; }',
      2416,
    ],
  ]),
  ...of("guards", [
    ["(ctx: {{BoardCommandContext||CardsContext}}<BoardState>) => ctx.state.role", 2339],
    ["(ctx: CardsContext<BoardState>) => ctx.state.{{rank||role}}", 2339],
    ["(ctx: CardsContext<BoardState>): {{number||Role}} => ctx.state.role", 2322],
    ["(ctx: CardsContext<BoardState>) => ctx.{{connection.||}}state.role", 2339],
    ['(ctx: CardsContext<BoardState>) => ctx.state.role === {{"admin"||"owner"}}', 2367],
    ["(() => {{undefined||false}}) satisfies Guard", 2322],
    ['setCommandGuards(() => [() => {{"yes"||true}}])', 2345],
    ["setGuards({{owner||() => [owner]}})", 2345],
    ["(ctx: {{ActivityCommandContext||BoardCommandContext}}<BoardState>) => member(ctx)", 2345],
    ["(ctx: BoardCommandContext{{||<BoardState>}}) => member(ctx)", 2345],
    ["(ctx: {{BoardContext||BoardCommandContext}}<BoardState>) => owner(ctx)", 2345],
    [
      "setGuards<BoardCommandContext<never>>(() => [({ query }: {{Activity||Board}}CommandContext) => query.token.length > 20])",
      2345,
    ],
    [
      "(ctx: GuardedContext<BoardCommandContext<BoardState>, [(ctx: BoardCommandContext<{ {{user||name}}: string }>) => { role: Role }]>) => ctx.state.role",
      2339,
    ],
    [
      "(ctx: GuardedContext<BoardCommandContext<BoardState>, [() => true, (ctx: BoardCommandContext<{ name: {{Role||string}} }>) => true]>) => ctx.state.name",
      2339,
    ],
    [
      "(ctx: GuardedContext<BoardCommandContext<BoardState>, [(ctx: BoardCommandContext) => { since: {{string||number}} }]>) => ctx.state.since.toFixed()",
      2551,
    ],
  ]),
  ...of("errors on the server", [
    ["boardErrors.{{outdate||outdated}}({ current: card })", 2551],
    ["boardErrors.outdated({{||{ current: card }}})", 2554],
    ['boardErrors.notAllowed({ needed: {{"admin"||"owner"}} })', 2322],
    ['boardErrors.notAllowed({ needed: "owner"{{, got: "reader"||}} })', 2353],
    ["boardErrors.unknownCard({ {{number: 1||message: token}} })", 2353],
    ["boardErrors.notLoggedIn({ {{closeCode: 4000||status: 401}} })", 2353],
    ["accountErrors.{{notAllowed||wrongPassword}}()", 2339],
    ['labErrors.locked({ by: {{7||"ann"}} })', 2322],
  ]),
  ...of("errors on the client", [
    ["(error: unknown) => {{||isAddError(error) && }}error.code", 18046],
    ['(error: AddError) => error.code === "{{outdated||not_allowed}}"', 2367],
    ['(error: MoveError) => error.code === "{{not_allowed||outdated}}" && error.details.current', 2339],
    ['(error: AddError) => {{||error.code === "not_allowed" && }}error.details.needed', 2339],
    [
      '(error: MoveError) => { switch (error.code) { case "{{no_file||unknown_card}}": return 1; default: return 2; } }',
      2678,
    ],
    [
      '(error: FileError) => { switch (error.code) { case "no_file": return 1; case "failed": case "timeout": case "invalid_message": case "unknown_command": case "rate_limited": case "too_busy": case "access_denied": case "not_implemented": case "handshake_failed": case "origin_not_allowed": return 2; {{||case "invalid_request": return 3; }}default: return error satisfies never; } }',
      1360,
    ],
    [
      '(error: unknown) => isMoveError(error) && error.code === "outdated" && error.details.current.{{titel||title}}',
      2551,
    ],
    [
      '(error: unknown) => isNoteError(error) && error.code === "locked" && error.details.by{{||?}}.length',
      18048,
    ],
  ]),
  ...of("refusals of a handshake on the client", [
    ["(cause: unknown) => {{||isBoardRefusal(cause) && }}cause.code", 18046],
    ['(refusal: BoardRefusal) => refusal.code === "{{not_logged||not_logged_in}}"', 2367],
    [
      '(refusal: BoardRefusal) => refusal.code === "{{no_member||invalid_request}}" && refusal.details[0]',
      18048,
    ],
    [
      'board.onState((change) => change.state === "closed" && {{||isBoardRefusal(change.error?.cause) && }}change.error?.cause.code)',
      18046,
    ],
    ['board.onState((change) => change.state === "{{close||closed}}")', 2367],
  ]),
  ...of("requests", [
    ["board.add({ {{||title: token}} })", 2741],
    ['board.add({ title: token, {{colour||column}}: "todo" })', 2353],
    ['board.add({ title: token, column: "{{to do||todo}}" })', 2820],
    ["board.add({{||{ title: token }}})", 2554],
    ["board.add({ title: {{undefined||token}} })", 2322],
    ["board.add({ title: {{null||token}} })", 2322],
    ['board.move({ number: {{"1"||1}}, column: "todo", version: 1 })', 2322],
    ['board.move({ number: 1, column: "todo"{{||, version: 1}} })', 2741],
    ["board.cards({ {{board: token||}} })", 2322],
    ["board.{{ad||add}}({ title: token })", 2339],
    ['board.request("{{ad||add}}", { title: token })', 2345],
    ['board.request("add", { {{name||title}}: token })', 2353],
    ['board.attach({ number: 1, name: "a", content: {{"aGk="||Uint8Array.of(1)}} })', 2322],
    ["lab.note({ text: {{7||null}} })", 2322],
    ["lab.note({ {{||text: null, }}kind: undefined })", 2741],
    ["lab.reset({ {{hard: true||}} })", 2322],
    ["board.add({ title: token }, { {{timeout||timeoutMs}}: 5 })", 2561],
    ["async () => (await board.cards()).{{card||cards}}", 2551],
    ["async (): Promise<{{string||number}}> => (await board.add({ title: token })).number", 2322],
    ["async () => (await board.add({ title: token })).file{{||?}}.length", 2532],
    ['async () => (await board.add({ title: token })).column === "{{to do||todo}}"', 2367],
    ["async () => (await lab.note({ text: null })).text{{||?}}.length", 2531],
    ["async () => (await lab.reset()){{.done||}}", 2571],
    ["async (): Promise<{{string||unknown}}> => lab.anything({ text: 7 })", 2322],
  ]),
  ...of("commands", [
    ['(): CardsReply => ({ cards: []{{||, role: "owner"}} })', 2741],
    ["(data: AddRequest) => data.{{name||title}}", 2339],
    ["(data: AttachRequest): {{string||Uint8Array}} => data.content", 2322],
    ["(data: NoteRequest) => data.text{{||?}}.length", 18047],
    ['(data: AddRequest) => data.column === "{{to do||todo}}"', 2367],
    ["(data: AddRequest): {{undefined||Column}} => data.column", 2322],
    ["(data: NoteRequest): {{undefined||string}} => data.kind", 2322],
    ["(data: PeopleRequest): {{string||undefined}} => data.name", 2322],
    [
      'class implements ICommand<AddRequest, AddReply> { getCommand = () => "add"; getConfigOption = () => [...addOptions]; execute = () => ({{token||card}}); }',
      2416,
    ],
    [
      'class implements ICommand<AddRequest, AddReply> { getCommand = () => "add"; getConfigOption = () => [...addOptions]; execute = (_ctx: CommandContext, { {{name||title}} }: AddRequest) => card; }',
      2339,
    ],
    [
      'class implements ICommand<AddRequest, AddReply, {{BoardContext||AddContext}}<BoardState>> { getCommand = () => "add"; getConfigOption = () => [...addOptions]; execute = () => card; }',
      2344,
    ],
    [
      "class extends AddCommand { override async execute(): Promise<{{number||AddReply}}> { return {{1||card}}; } }",
      2416,
    ],
    ["(): SetCommandConfig[] => [{{setMaxMessageSize(1)||disableErrorMessage()}}]", 2322],
    ['setMaxMessageSize({{"1MiB"||1_048_576}})', 2345],
  ]),
  ...of("events on the server", [
    ["boardEvents(ctx).{{change||changed}}", 2551],
    ["boardEvents(ctx).changed.all.emit({{happening||card}})", 2739],
    ['activityEvents(ctx).happened.room("a").emit({ {{||...happening, }}by: token })', 2739],
    ["activityEvents(ctx).happened.all.emit({ ...happening, by: {{7||token}} })", 2322],
    ['boardEvents(ctx).changed.room("a").{{except(ctx).||}}emit(card)', 2339],
    ["boardEvents({{ctx.module.all||ctx}})", 2345],
    ["activityEvents(ctx).{{changed||happened}}", 2339],
    ["activityEvents(ctx).happened.emit({{token||ctx}}, happening)", 2345],
    [
      'boardEvents(ctx).memberCame.room("a").emit({ room: "a", id: token, state: { name: token, role: "{{guest||owner}}" } })',
      2322,
    ],
  ]),
  ...of("events on the client", [
    ['board.on("{{change||changed}}", () => {})', 2345],
    ['board.on("changed", ({ {{name||title}} }) => {})', 2339],
    ['board.on("changed", (_data: {{string||Card}}) => {})', 2345],
    ['async (): Promise<{{Member||Card}}> => board.once("changed")', 2739],
    ['board.events("{{happened||changed}}")', 2345],
    ['board.on("memberCame", ({ state }) => state.{{user||name}})', 2339],
    ['lab.on("noted", ({ text }) => text.{{toFixed||trim}}())', 2551],
    ['async () => { for await (const { {{name||title}} } of board.events("changed")) break; }', 2339],
  ]),
  ...of("presence and connections", [
    ["boardModuleOptions(new {{AccountModule||BoardModule}}(store))", 2741],
    ["(module: BoardModule): SetWSServerConfig[] => [...boardModuleOptions{{||(module)}}]", 2488],
    ['boardModuleOptions({ publicState: () => ({ name: token, role: "{{guest||owner}}" }) })', 2322],
    ['boardModuleOptions({ publicState: {{async ||}}() => ({ name: token, role: "owner" }) })', 2739],
    [
      'class implements BoardPresence { {{state||publicState}} = (): BoardPublicState => ({ name: token, role: "owner" }); }',
      2420,
    ],
    [
      'async () => (await boardConnections(ctx).room("a").members()).map(({ state }) => state.{{user||name}})',
      2339,
    ],
    [
      'async () => (await {{account||board}}Connections(ctx).room("a").members()).map(({ state }) => state.name)',
      18048,
    ],
    ['boardConnections(ctx).room("a").members(){{.length||}}', 2339],
    ['boardConnections(ctx).{{tagged||room}}("a").members()', 2339],
    ['boardConnections(ctx).{{rooms||room}}("a")', 2551],
    ["boardConnections(ctx).to({{7||token}}).close()", 2345],
    ["boardConnections(ctx).to(token).{{kick||close}}(4000)", 2339],
  ]),
  ...of("the program and its tests", [
    ["newWebsocketServe({{store||new AccountModule(store)}})", 2740],
    ["new BoardModule({{||store}})", 2554],
    ["newWebsocketServe({{BoardModule||new BoardModule(store)}})", 2740],
    ['(): TestSetup => ({ modules: () => [{{store||new BoardModule(store)}}], path: "/board/demo" })', 2740],
    ['(): TestSetup => ({ modules: () => [new BoardModule(store)]{{||, path: "/board/demo"}} })', 2741],
    [
      'async () => createBoardClient((await startModules(new BoardModule(store))).url("/board"), { params, query: { {{||token}} } })',
      2741,
    ],
    ["(other: BoardConnectContext, own: LabConnectContext) => new LabModule().connect({{other||own}})", 2345],
  ]),
];

/** A change of the spec, and lines of the user's that it makes wrong. */
export interface SpecChange {
  readonly about: string;
  /** What is replaced in the text of the spec. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** A part of a line in a file, and the code of its error. */
  readonly breaks: readonly (readonly [file: string, line: string, code: number])[];
}

const commandFile = (name: string): string => `src/modules/board/commands/${name}.command.ts`;

/** All are made at once. */
export const specChanges: readonly SpecChange[] = [
  {
    about: "a parameter has another name",
    edits: [
      ['urls: [":board"] # served as /board/:board', 'urls: [":wall"]'],
      ["params: { board: { type: string,", "params: { wall: { type: string,"],
    ],
    breaks: [
      ["src/modules/board/board.module.ts", "const { board } = ctx.params;", 2339],
      [commandFile("add"), "const { board } = ctx.params;", 2339],
      ["src/modules/board/guards/member.guard.ts", "findRole(params.board, state.name)", 2339],
      ["test/conversation.ts", 'params: { board: "demo" }', 2353],
    ],
  },
  {
    about: "the query has one more field",
    edits: [["query: { token: {", "query: { team: { type: string }, token: {"]],
    breaks: [["test/board.test.ts", "params: { board }, query: { token } }", 2741]],
  },
  {
    about: "a field of the query has another type",
    edits: [
      ["type: integer\n          minimum: 0\n          maximum: 100\n          default: 10", "type: boolean"],
    ],
    breaks: [["src/modules/activity/activity.module.ts", "this.#store.lastHappenings(ctx.query.last)", 2345]],
  },
  {
    about: "a guard is gone",
    edits: [["    guards: [member]\n", ""]],
    breaks: [[commandFile("cards"), "role: ctx.state.role", 2339]],
  },
  {
    about: "the public state has another type",
    edits: [['      state: { $ref: "#/schemas/Member" }\n', "      state: { user: { type: string } }\n"]],
    breaks: [
      ["src/modules/board/board.module.ts", "return { name, role: store.findRole", 2353],
      ["test/conversation.ts", "comes, as ${state.role}", 2339],
    ],
  },
  {
    about: "an error is gone",
    edits: [
      ["      unknown_user: { description: There is no user with this name. }\n", ""],
      ["errors: [not_allowed, unknown_user]", "errors: [not_allowed]"],
      [
        "          - request: { name: nobody, role: reader }\n            error: { code: unknown_user }\n",
        "",
      ],
    ],
    breaks: [[commandFile("invite"), "throw boardErrors.unknownUser()", 2339]],
  },
  {
    about: "a command answers an error no more",
    edits: [
      ["errors: [not_allowed, unknown_card, outdated]", "errors: [not_allowed, outdated]"],
      [
        "          - request: { number: 9, column: doing, version: 1 }\n            error: { code: unknown_card }\n",
        "",
      ],
    ],
    breaks: [["test/board.test.ts", 'unknown.code === "unknown_card"', 2367]],
  },
  {
    about: "a detail of an error has another name",
    edits: [
      ['details: { current: { $ref: "#/schemas/Card" } }', 'details: { latest: { $ref: "#/schemas/Card" } }'],
      ["details: { current: {", "details: { latest: {"],
    ],
    breaks: [
      [commandFile("move"), "boardErrors.outdated({ current })", 2353],
      ["test/conversation.ts", "error.details.current.column", 2339],
    ],
  },
  {
    about: "a reply has one more field",
    edits: [
      ["required: [role, cards]", "required: [role, cards, total]"],
      ["- reply: { role: owner, cards:", "- reply: { total: 1, role: owner, cards:"],
    ],
    breaks: [[commandFile("cards"), "return { role: ctx.state.role", 2741]],
  },
  {
    about: "a command has another name",
    edits: [["      people:\n        description:", "      members:\n        description:"]],
    breaks: [["test/board.test.ts", "await bob.people();", 2339]],
  },
  {
    about: "an event has another name",
    edits: [["      happened:", "      occurred:"]],
    breaks: [
      ["src/modules/activity/report.ts", "activityEvents(ctx).happened.all", 2339],
      ["test/conversation.ts", 'activity.events("happened")', 2345],
    ],
  },
  {
    about: "a field of a request has another name",
    edits: [
      [
        "title: { type: string, minLength: 1, maxLength: 200 }\n            column:",
        "text: { type: string }\n            column:",
      ],
      ["required: [title]", "required: [text]"],
      ["- request: { title: Draw it }", "- request: { text: Draw it }"],
    ],
    breaks: [
      [commandFile("add"), "this.#store.addCard(board, data)", 2741],
      ["test/conversation.ts", 'bob.add({ title: "Try the board" })', 2353],
    ],
  },
  {
    about: "a value of an enum has another name",
    edits: [
      ["enum: [reader, writer, owner]", "enum: [guest, writer, owner]"],
      ["- request: { name: bob, role: reader }", "- request: { name: bob, role: guest }"],
    ],
    breaks: [
      ["src/modules/board/guards/writer.guard.ts", 'role === "reader"', 2367],
      ["src/rows.ts", 'if (value === "reader"', 2322],
    ],
  },
  {
    about: "a module is gone",
    edits: [[moduleLab, ""]],
    breaks: [
      ["src/right.ts", 'from "../client/lab.client.gen.js"', 2307],
      ["src/right.ts", 'from "./modules/lab/lab.gen.js"', 2307],
    ],
  },
];

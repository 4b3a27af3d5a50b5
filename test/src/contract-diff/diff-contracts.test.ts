// Small changes and the codes they get; `!` marks those that break. A last test holds that every code occurs.
import { describe, expect, test } from "vitest";
import { contractCodes } from "../../../src/contract-diff/contract-codes.js";
import { diffContracts } from "../../../src/contract-diff/diff-contracts.js";
import { commandOptions, moduleOptions } from "../../../src/spec-file/option-table.js";
import { modelOf, specOf } from "./model-of.js";

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly changes: readonly string[];
}

const plain = "port: 1000, urls: [ws]";
const module = (content: string): string => specOf(`{ ${plain}, ${content} }`);
const modules = (content: string): string => `{ wsgen: 1, name: app, modules: { ${content} } }`;
const config = (options: string): string => module(`config: { ${options} }`);
const routes = (urls: string): string => specOf(`{ port: 1000, urls: [${urls}] }`);
const commands = (content: string): string => module(`commands: { ${content} }`);

const inModules: readonly Case[] = [
  {
    name: "a module more",
    before: modules(`a: { ${plain} }`),
    after: modules(`a: { ${plain} }, b: { ${plain} }`),
    changes: ["module-added b"],
  },
  {
    name: "a module less",
    before: modules(`a: { ${plain} }, b: { ${plain} }`),
    after: modules(`a: { ${plain} }`),
    changes: ["!module-removed b"],
  },
  {
    name: "another name with the old flag",
    before: modules(`a: { ${plain} }`),
    after: modules(`b: { flag: a, ${plain} }`),
    changes: ["module-renamed b"],
  },
  {
    name: "another flag",
    before: modules(`a: { ${plain} }`),
    after: modules(`a: { flag: b, ${plain} }`),
    changes: ["!flag-changed a"],
  },
  {
    name: "another port",
    before: modules("a: { port: 1, urls: [ws] }"),
    after: modules("a: { port: 2, urls: [ws] }"),
    changes: ["!port-changed a"],
  },
  {
    name: "two modules that exchange their names but not their flags",
    before: modules("a: { port: 1, urls: [ws] }, b: { port: 2, urls: [ws] }"),
    after: modules("a: { flag: b, port: 2, urls: [ws] }, b: { flag: a, port: 1, urls: [ws] }"),
    changes: ["module-renamed a", "module-renamed b"],
  },
];

const inRoutes: readonly Case[] = [
  { name: "one more", before: routes("ws"), after: routes("ws, feed"), changes: ["route-added chat route"] },
  {
    name: "one less",
    before: routes("ws, feed"),
    after: routes("ws"),
    changes: ["!route-removed chat route"],
  },
  {
    name: "one that moved",
    before: routes("ws"),
    after: routes("feed"),
    changes: ["!route-removed chat route", "route-added chat route"],
  },
  {
    name: "a parameter of another name",
    before: routes("'rooms/:room'"),
    after: routes("'rooms/:id'"),
    changes: ["route-parameters-renamed chat route"],
  },
  {
    name: "a parameter in place of a fixed segment",
    before: routes("rooms/lobby"),
    after: routes("'rooms/:room'"),
    changes: ["route-widened chat route"],
  },
  {
    name: "a catch-all in place of a parameter",
    before: routes("'files/:name'"),
    after: routes("'files/*path'"),
    changes: ["route-widened chat route"],
  },
  {
    name: "a parameter in place of a catch-all",
    before: routes("'files/*path'"),
    after: routes("'files/:name'"),
    changes: ["!route-removed chat route"],
  },
  { name: "the same with other slashes", before: routes("ws"), after: routes("/ws/"), changes: [] },
];

const handshake = (content: string): string =>
  specOf(`{ port: 1000, urls: ['rooms/:room'], handshake: { ${content} } }`);

const inHandshakes: readonly Case[] = [
  {
    name: "a query that clients must send",
    before: handshake("query: { a?: { type: string } }"),
    after: handshake("query: { a?: { type: string }, b: { type: string } }"),
    changes: ["!field-added chat query /b"],
  },
  {
    name: "a query that clients may send",
    before: handshake("query: { a: { type: string } }"),
    after: handshake("query: { a: { type: string }, b?: { type: string } }"),
    changes: ["field-added chat query /b"],
  },
  {
    name: "a query that got a default",
    before: handshake("query: { a: { type: integer } }"),
    after: handshake("query: { a: { type: integer, default: 1 } }"),
    changes: ["field-optional chat query /a"],
  },
  {
    name: "a header in another case",
    before: handshake("headers: { X-Team: { type: string } }"),
    after: handshake("headers: { x-team: { type: string } }"),
    changes: [],
  },
  {
    name: "a cookie that is required from now on",
    before: handshake("cookies: {}"),
    after: handshake("cookies: { token: { type: string } }"),
    changes: ["!field-added chat cookies /token"],
  },
  {
    name: "a parameter with a format",
    before: handshake("params: {}"),
    after: handshake("params: { room: { type: string, format: uuid } }"),
    changes: ["!format-narrowed chat params room"],
  },
  {
    name: "a described parameter of another name",
    before: specOf(
      "{ port: 1000, urls: ['rooms/:a'], handshake: { params: { a: { type: string, format: uuid } } } }",
    ),
    after: specOf(
      "{ port: 1000, urls: ['rooms/:b'], handshake: { params: { b: { type: string, format: uuid } } } }",
    ),
    changes: ["route-parameters-renamed chat route"],
  },
];

const inEntries: readonly Case[] = [
  {
    name: "a command more",
    before: commands("a: {}"),
    after: commands("a: {}, b: {}"),
    changes: ["command-added chat.b"],
  },
  {
    name: "a command less",
    before: commands("a: {}, b: {}"),
    after: commands("a: {}"),
    changes: ["!command-removed chat.b"],
  },
  {
    name: "an event more",
    before: module("events: {}"),
    after: module("events: { e: {} }"),
    changes: ["event-added chat.e"],
  },
  {
    name: "an event less",
    before: module("events: { e: {} }"),
    after: module("events: {}"),
    changes: ["!event-removed chat.e"],
  },
  {
    name: "a command that became an event",
    before: module("commands: { a: {} }"),
    after: module("events: { a: {} }"),
    changes: ["event-added chat.a", "!command-removed chat.a"],
  },
  {
    name: "any fields that became none",
    before: commands("a: { request: any }"),
    after: commands("a: {}"),
    changes: ["!schema-added chat.a request"],
  },
  {
    name: "no fields that became any",
    before: commands("a: {}"),
    after: commands("a: { request: any }"),
    changes: ["schema-removed chat.a request"],
  },
  {
    name: "a request that was removed",
    before: commands("a: { request: { type: object, properties: { x: { type: string } } } }"),
    after: commands("a: {}"),
    changes: ["!fields-narrowed chat.a request", "!field-removed chat.a request /x"],
  },
  {
    name: "a request where there was none",
    before: commands("a: {}"),
    after: commands("a: { request: { type: object, properties: { x: { type: string } } } }"),
    changes: ["fields-widened chat.a request", "field-added chat.a request /x"],
  },
  {
    name: "a required field where there was no request",
    before: commands("a: {}"),
    after: commands(
      "a: { request: { type: object, required: [x], properties: { x: {} }, additionalProperties: false } }",
    ),
    changes: ["!field-added chat.a request /x"],
  },
  {
    name: "any reply and any data, with that word or without",
    before: module("commands: { a: {} }, events: { e: {} }"),
    after: module("commands: { a: { reply: any } }, events: { e: { data: any } }"),
    changes: [],
  },
];

const inOptions: readonly Case[] = [
  ...[
    ["maxMessageSize", "16KiB", "8KiB"],
    ["maxMessageBufferSize", "16KiB", "8KiB"],
    ["writeWait", "9", "8"],
    ["pongWait", "9", "8"],
    ["handshakeTimeout", "9", "8"],
    ["executeTimeout", "0", "8"],
    ["maxHeaderSize", "8KiB", "4KiB"],
    ["maxConnections", "0", "100"],
    ["maxConnectionsPerAddress", "10", "1"],
    ["commandRate", "{ perSecond: 9, burst: 9 }", "{ perSecond: 8, burst: 9 }"],
    ["maxFragments", "1024", "512"],
    ["maxJsonDepth", "64", "32"],
  ].flatMap(([option, high, low]): Case[] => [
    {
      name: `a lower ${option}`,
      before: config(`${option}: ${high}`),
      after: config(`${option}: ${low}`),
      changes: [`!limit-lowered chat config ${option}`],
    },
    {
      name: `a higher ${option}`,
      before: config(`${option}: ${low}`),
      after: config(`${option}: ${high}`),
      changes: [`limit-raised chat config ${option}`],
    },
  ]),
  {
    name: "a rate where there was none, with its burst",
    before: config(""),
    after: config("commandRate: 5"),
    changes: ["!limit-lowered chat config commandRate", "!limit-lowered chat config commandRate.burst"],
  },
  { name: "a limit at its default", before: config(""), after: config("maxMessageSize: 4096"), changes: [] },
  {
    name: "no pushes",
    before: config(""),
    after: config("storeConnection: false"),
    changes: ["!option-switched-off chat config storeConnection"],
  },
  {
    name: "another way to refuse",
    before: config(""),
    after: config("refusal: close"),
    changes: ["!option-changed chat config refusal"],
  },
  {
    name: "another policy for slow clients",
    before: config(""),
    after: config("slowConsumer: drop-oldest"),
    changes: ["!option-changed chat config slowConsumer"],
  },
  {
    name: "fewer fields",
    before: config(""),
    after: config("replyFields: known"),
    changes: ["!option-changed chat config replyFields"],
  },
  {
    name: "more fields",
    before: config("replyFields: known"),
    after: config("replyFields: all"),
    changes: ["option-adjusted chat config replyFields"],
  },
  {
    name: "another envelope",
    before: config("envelope: { command: op, codec: json }"),
    after: config("envelope: { command: action, codec: msgpack, unknownCommand: ignore }"),
    changes: [
      "!option-changed chat config envelope.command",
      "!option-changed chat config envelope.unknownCommand",
      "!option-changed chat config envelope.codec",
    ],
  },
  {
    name: "other subprotocols",
    before: config("subprotocols: [v1, v2]"),
    after: config("subprotocols: [v2, v3]"),
    changes: ["!subprotocol-removed chat config subprotocols", "subprotocol-added chat config subprotocols"],
  },
  {
    name: "other origins",
    before: config("allowedOrigins: ['https://a.example']"),
    after: config("allowedOrigins: ['https://b.example']"),
    changes: ["!origin-removed chat config allowedOrigins", "origin-added chat config allowedOrigins"],
  },
  {
    name: "any origin",
    before: config("allowedOrigins: ['https://a.example']"),
    after: config("allowedOrigins: ['*']"),
    changes: ["origin-added chat config allowedOrigins"],
  },
  {
    name: "product mode, which allows the same origin only",
    before: config("mode: debug"),
    after: config("mode: product"),
    changes: ["option-adjusted chat config mode", "!origin-removed chat config allowedOrigins"],
  },
  {
    name: "debug mode that now follows NODE_ENV, which is product mode in production",
    before: config("mode: debug"),
    after: config(""),
    changes: ["option-adjusted chat config mode", "!origin-removed chat config allowedOrigins"],
  },
  {
    name: "product mode where it followed NODE_ENV, which changes nothing in production",
    before: config(""),
    after: config("mode: product"),
    changes: ["option-adjusted chat config mode"],
  },
  {
    name: "debug mode where it followed NODE_ENV, which lets any origin in",
    before: config(""),
    after: config("mode: debug"),
    changes: ["option-adjusted chat config mode", "origin-added chat config allowedOrigins"],
  },
  {
    name: "product mode with the origins listed before and after",
    before: config("allowedOrigins: ['https://a.example']"),
    after: config("allowedOrigins: ['https://a.example'], mode: product"),
    changes: ["option-adjusted chat config mode"],
  },
  {
    name: "TLS",
    before: config(""),
    after: config("tls: { cert: a.pem, key: b.pem }"),
    changes: ["!option-changed chat config tls"],
  },
  {
    name: "a certificate of the client",
    before: config("tls: { cert: a.pem, key: b.pem }"),
    after: config("tls: { cert: c.pem, key: d.pem, ca: e.pem, requestCert: true }"),
    changes: ["!option-changed chat config tls"],
  },
  {
    name: "one address",
    before: config(""),
    after: config("host: 127.0.0.1"),
    changes: ["!option-changed chat config host"],
  },
  {
    name: "all addresses",
    before: config("host: 127.0.0.1"),
    after: config(""),
    changes: ["option-adjusted chat config host"],
  },
  {
    name: "replies out of order",
    before: config(""),
    after: config("commandConcurrency: 4"),
    changes: ["!option-changed chat config commandConcurrency"],
  },
  {
    name: "no results, but errors",
    before: commands("a: { config: { errorMessage: false } }"),
    after: commands("a: { config: { responseData: false } }"),
    changes: [
      "option-switched-on chat.a config errorMessage",
      "!option-switched-off chat.a config responseData",
    ],
  },
  {
    name: "a command with less time than its module gives",
    before: module("config: { executeTimeout: 10 }, commands: { a: {} }"),
    after: module("config: { executeTimeout: 10 }, commands: { a: { config: { executeTimeout: 5 } } }"),
    changes: ["!limit-lowered chat.a config executeTimeout"],
  },
];

const event = (rules: string, options = ""): string =>
  module(`config: { ${options} }, events: { e: { data: { required: [id] }, ${rules} } }`);

const inEventRules: readonly Case[] = [
  ...[
    ["close", "drop-oldest"],
    ["drop-oldest", "drop-newest"],
    ["drop-newest", "{ latest: id }"],
    ["{ latest: id }", "close"],
  ].map(
    ([was, is]): Case => ({
      name: `${was} became ${is}`,
      before: event(`slowConsumer: ${was}`),
      after: event(`slowConsumer: ${is}`),
      changes: ["!option-changed chat.e slowConsumer"],
    }),
  ),
  {
    name: "the latest by another field",
    before: module("events: { e: { data: { required: [id, to] }, slowConsumer: { latest: id } } }"),
    after: module("events: { e: { data: { required: [id, to] }, slowConsumer: { latest: to } } }"),
    changes: ["!option-changed chat.e slowConsumer"],
  },
  {
    name: "a policy that is the module's anyway",
    before: event("", "slowConsumer: drop-oldest"),
    after: event("slowConsumer: drop-oldest", "slowConsumer: drop-oldest"),
    changes: [],
  },
  {
    name: "the default policy, said and unsaid",
    before: event("slowConsumer: close"),
    after: event(""),
    changes: [],
  },
  {
    name: "an event that keeps its policy when the module's is another",
    before: event("slowConsumer: drop-oldest"),
    after: event("slowConsumer: drop-oldest", "slowConsumer: drop-newest"),
    changes: ["!option-changed chat config slowConsumer"],
  },
  {
    name: "an event that follows its module is not told apart from it",
    before: event(""),
    after: event("", "slowConsumer: drop-newest"),
    changes: ["!option-changed chat config slowConsumer"],
  },
  {
    name: "an event without a policy any more, in a module with another",
    before: event("slowConsumer: drop-oldest", "slowConsumer: drop-newest"),
    after: event("", "slowConsumer: drop-newest"),
    changes: ["!option-changed chat.e slowConsumer"],
  },
  {
    name: "a replay",
    before: event(""),
    after: event("replay: { last: 10 }"),
    changes: ["replay-added chat.e replay"],
  },
  {
    name: "no replay any more",
    before: event("replay: { last: 10 }"),
    after: event(""),
    changes: ["!replay-removed chat.e replay"],
  },
  {
    name: "a shorter replay",
    before: event("replay: { last: 10, for: 2m }"),
    after: event("replay: { last: 9, for: 60s }"),
    changes: ["!limit-lowered chat.e replay.last", "!limit-lowered chat.e replay.for"],
  },
  {
    name: "a longer replay",
    before: event("replay: { last: 9, for: 60s }"),
    after: event("replay: { last: 10, for: 2m }"),
    changes: ["limit-raised chat.e replay.last", "limit-raised chat.e replay.for"],
  },
  {
    name: "a replay that ends where it lasted as long as the server",
    before: event("replay: { last: 9 }"),
    after: event("replay: { last: 9, for: 60s }"),
    changes: ["!limit-lowered chat.e replay.for"],
  },
  {
    name: "a replay that lasts as long as the server",
    before: event("replay: { last: 9, for: 60s }"),
    after: event("replay: { last: 9 }"),
    changes: ["limit-raised chat.e replay.for"],
  },
  {
    name: "the same time in other words",
    before: event("replay: { last: 9, for: 60s }"),
    after: event("replay: { for: 1m, last: 9 }"),
    changes: [],
  },
];

/** A module whose presence has this state and these events. */
const presence = (state: string, events: string): string =>
  module(`presence: { state: { ${state} }, ${events} }, events: { came: , went: }`);

const inPresence: readonly Case[] = [
  {
    name: "a state with one property more, which the events have",
    before: presence("a: { type: string }", "join: came, leave: went"),
    after: presence("a: { type: string }, b?: { type: string }", "join: came, leave: went"),
    changes: ["field-added chat.came event /state/b", "field-added chat.went event /state/b"],
  },
];

const guarded = (ofModule: string, ofSay: string): string =>
  module(`guards: [${ofModule}], commands: { say: { guards: [${ofSay}] }, ping: }`);

const inGuards: readonly Case[] = [
  {
    name: "the order",
    before: guarded("a, b", "c, d"),
    after: guarded("b, a", "d, c"),
    changes: [],
  },
  {
    name: "a new guard of a command",
    before: guarded("", "a"),
    after: guarded("", "a, b"),
    changes: ["!guard-added chat.say guard b"],
  },
  {
    name: "a command without its guard",
    before: guarded("", "a, b"),
    after: guarded("", "a"),
    changes: ["guard-removed chat.say guard b"],
  },
  {
    name: "a new guard of the module, which one command had",
    before: guarded("", "a"),
    after: guarded("a", ""),
    changes: ["!guard-added chat guard a"],
  },
  {
    name: "a guard of the module that only one command keeps",
    before: guarded("a", ""),
    after: guarded("", "a"),
    changes: ["guard-removed chat guard a"],
  },
  {
    name: "a new command behind a new guard",
    before: module("commands: { say: }"),
    after: module("commands: { say: , shout: { guards: [a] } }"),
    changes: ["command-added chat.shout"],
  },
];

/** A module with these errors, and one whose command lists codes. */
const errors = (content: string): string => module(`errors: { ${content} }, commands: { say: {} }`);
const listed = (codes: string): string =>
  module(`errors: { a: , b: }, commands: { say: { errors: [${codes}] }, ping: { errors: [a] } }`);

const inErrors: readonly Case[] = [
  {
    name: "nothing",
    before: errors("full: { retry: true }"),
    after: errors("full: { retry: true, description: x, as: NoRoom }"),
    changes: [],
  },
  {
    name: "a new error",
    before: errors(""),
    after: errors("full:"),
    changes: ["error-added chat error full"],
  },
  {
    name: "an error less",
    before: errors("full:"),
    after: errors(""),
    changes: ["!error-removed chat error full"],
  },
  {
    name: "a code more of a command",
    before: listed("a"),
    after: listed("a, b"),
    changes: ["error-added chat.say error b"],
  },
  {
    name: "a code less of a command",
    before: listed("a, b"),
    after: listed("b"),
    changes: ["!error-removed chat.say error a"],
  },
  {
    name: "an error that is new in the module and in a command",
    before: module("commands: { say: }"),
    after: module("errors: { full: }, commands: { say: { errors: [full] } }"),
    changes: ["error-added chat error full"],
  },
  {
    name: "an error that only the command declared",
    before: module("commands: { say: { errors: { full: } } }"),
    after: module("commands: { say: }"),
    changes: ["!error-removed chat error full"],
  },
  {
    name: "an error that moved from the command to the module",
    before: module("commands: { say: { errors: { full: { retry: true } } } }"),
    after: module("errors: { full: { retry: true } }, commands: { say: { errors: [full] } }"),
    changes: [],
  },
  {
    name: "a command that is new, with its errors",
    before: module("errors: { full: }, commands: { say: }"),
    after: module("errors: { full: }, commands: { say: , shout: { errors: [full] } }"),
    changes: ["command-added chat.shout"],
  },
  {
    name: "a field more in the details",
    before: errors("full: { details: { size: { type: integer } } }"),
    after: errors("full: { details: { size: { type: integer }, room: { type: string } } }"),
    changes: ["field-added chat error full details /room"],
  },
  {
    name: "a field less, a field that is optional, a type that is wider",
    before: errors("full: { details: { a: true, b: true, c: { type: integer } } }"),
    after: errors("full: { details: { b?: true, c: { type: number } } }"),
    changes: [
      "!field-removed chat error full details /a",
      "!field-optional chat error full details /b",
      "!type-widened chat error full details /c",
    ],
  },
  {
    name: "details for the first time",
    before: errors("full:"),
    after: errors("full: { details: { size: { type: integer } } }"),
    changes: ["schema-added chat error full details"],
  },
  {
    name: "no details any more",
    before: errors("full: { details: { size: { type: integer } } }"),
    after: errors("full:"),
    changes: ["!schema-removed chat error full details"],
  },
  {
    name: "the short form that became a whole schema",
    before: errors("full: { details: { size: { type: integer } } }"),
    after: errors(
      "full: { details: { type: object, required: [size], properties: { size: { type: integer } } } }",
    ),
    changes: [],
  },
  {
    name: "a close",
    before: errors("full:"),
    after: errors("full: { closeCode: 4403 }"),
    changes: ["!option-changed chat error full closeCode"],
  },
  {
    name: "another close code",
    before: errors("full: { closeCode: 4403 }"),
    after: errors("full: { closeCode: 4009 }"),
    changes: ["!option-changed chat error full closeCode"],
  },
  {
    name: "a retry that no longer makes sense",
    before: errors("full: { retry: true }"),
    after: errors("full: { retry: false }"),
    changes: ["option-adjusted chat error full retry"],
  },
];

const groups = {
  modules: inModules,
  routes: inRoutes,
  handshakes: inHandshakes,
  "commands and events": inEntries,
  "the rules of events": inEventRules,
  errors: inErrors,
  presence: inPresence,
  guards: inGuards,
  options: inOptions,
};

for (const [group, cases] of Object.entries(groups)) {
  describe(`in ${group}`, () => {
    for (const { name, before, after, changes } of cases) {
      test(name, () => expect(codes(before, after)).toEqual(changes));
    }
  });
}

function codes(before: string, after: string): string[] {
  return diffContracts(modelOf(before), modelOf(after)).map(
    ({ breaking, code, where }) => `${breaking ? "!" : ""}${code} ${where}`,
  );
}

test("diffErrors: a change of an error's details has its own place", () => {
  const of = (type: string) => modelOf(errors(`full: { details: { size: { type: ${type} } } }`));
  const [change] = diffContracts(of("integer"), of("string"));
  expect(change).toMatchObject({ code: "type-changed", breaking: true });
  const text = errors("full: { details: { size: { type: string } } }");
  expect(change?.at.column).toBe(text.indexOf("string") + 1);
});

test("diffEntries: asks whether a guard was renamed if it is the only one that came, in place of the only one that left", () => {
  const hints = (before: string, after: string): (string | undefined)[] =>
    diffContracts(modelOf(before), modelOf(after)).map(({ message }) => message.split("; ")[1]);
  expect(hints(guarded("a, b", "c"), guarded("b, d", "c"))).toEqual([
    "'chat guard a' was removed: was it renamed?",
    "'chat guard d' is new: was it renamed?",
  ]);
  expect(hints(guarded("a", "b, c"), guarded("a", "c, d"))).toEqual([
    "'chat.say guard b' was removed: was it renamed?",
    "'chat.say guard d' is new: was it renamed?",
  ]);
  const none = (count: number) => Array.from({ length: count }, () => undefined);
  expect(hints(guarded("a, b", ""), guarded("c", ""))).toEqual(none(3));
  expect(hints(guarded("a", ""), guarded("", ""))).toEqual(none(1));
  const swapped = (ofSay: string, ofPing: string) =>
    module(`commands: { say: { guards: [${ofSay}] }, ping: { guards: [${ofPing}] } }`);
  expect(hints(swapped("a", "b"), swapped("b", "a"))).toEqual(none(4));
});

test("diffHandshakes: says that clients are refused only if a text is", () => {
  const change = (before: string, after: string, part = "query") =>
    diffContracts(
      modelOf(handshake(`${part}: { room: ${before} }`)),
      modelOf(handshake(`${part}: { room: ${after} }`)),
    ).map(({ code, breaking, message }) => [code, breaking, message.split(": ")[1]]);
  const isTaken = "the server takes what clients send, but its type in their code is another.";
  const isRefused = "clients that send what was allowed are refused.";
  const text = "{ type: string }";
  const list = "{ type: array, items: { type: string } }";
  for (const part of ["query", "params", "headers", "cookies"]) {
    expect(change("{ type: integer, minimum: 1 }", text, part)).toEqual([["type-changed", true, isTaken]]);
    expect(change("{ type: boolean }", "{ type: string, minLength: 2 }", part)).toEqual([
      ["type-changed", true, isRefused],
    ]);
    expect(change(text, "{ type: integer }", part)).toEqual([["type-changed", true, isRefused]]);
  }
  expect(change("{ type: [string, integer] }", text)).toEqual([["type-narrowed", true, isTaken]]);
  expect(change(text, list)).toEqual([["type-changed", true, isTaken]]);
  expect(change("{ type: integer }", list)).toEqual([["type-changed", true, isTaken]]);
  // A list of several, too few items, an item that is no number.
  for (const [before, after] of [
    [list, text],
    [text, "{ type: array, items: { type: string }, minItems: 2 }"],
    [text, "{ type: array, items: { type: integer } }"],
  ] as const)
    expect(change(before, after)).toEqual([["type-changed", true, isRefused]]);
  // The items of a list are texts, too.
  expect(change("{ type: array, items: { type: integer } }", list)).toEqual([
    ["type-changed", true, isTaken],
  ]);
  // A request is no text.
  const request = (type: string) =>
    modelOf(commands(`say: { request: { type: object, properties: { a: { type: ${type} } } } }`));
  expect(diffContracts(request("integer"), request("string"))[0]?.message).toContain(isRefused);
});

test("diffModuleOptions: every option has a rule, or clients do not notice it", () => {
  const told = inOptions.flatMap(({ before, after }) => codes(before, after));
  const judged = told.map((line) => line.split(" config ")[1]?.split(".")[0]);
  for (const { name, change } of [...moduleOptions, ...commandOptions])
    expect([name, judged.includes(name)]).toEqual([name, change !== "unnoticed"]);
});

test("contractCodes: every code around the schemas occurs, and breaks as its meaning says", () => {
  const told = Object.values(groups)
    .flat()
    .flatMap(({ changes }) => changes);
  const isOfSchema = (code: string): boolean =>
    /^(schema|field|fields|cannot)-|-(narrowed|widened|changed)$/.test(code);
  for (const [code, { breaks }] of contractCodes) {
    if (
      isOfSchema(code) &&
      !["flag-changed", "port-changed", "option-changed", "route-widened"].includes(code)
    )
      continue;
    const marked = `${breaks === "always" ? "!" : ""}${code} `;
    expect(
      told.some((line) => line.startsWith(marked)),
      marked,
    ).toBe(true);
  }
});

// The parts of the document that are not schemas: rules, examples on the wire, and the targets of links.
import { expect, test } from "vitest";
import type { ModuleDoc } from "../../../src/contract-docs/contract-document.js";
import { describeSpec, writeSpecDocs } from "./describe-contract.js";

const describeModule = async (module: object): Promise<ModuleDoc> =>
  (await describeSpec({ name: "demo", modules: { chat: { port: 10_099, urls: ["ws"], ...module } } }))
    .modules[0]!;

const message = { type: "object", required: ["text"], properties: { text: { type: "string" } } };

test("examples: are messages in the envelope of the module", async () => {
  const { commands, events, errors } = await describeModule({
    config: { envelope: { command: "cmd", correlation: "ref" } },
    errors: {
      full: { description: "Nobody\ncan enter.", details: { room: { type: "string" } }, retry: true },
    },
    commands: {
      say: {
        request: message,
        reply: { type: "object", properties: { id: { type: "string" } } },
        errors: ["full"],
        examples: [
          { request: { text: "hi" }, reply: { id: { $any: "uuid" } } },
          { request: { text: "no" }, error: { code: "full", details: { room: "a" } } },
        ],
      },
      ping: {},
    },
    events: { said: { data: message } },
  });
  const showAll = (entry: { readonly examples: readonly { readonly messages: readonly object[] }[] }) =>
    entry.examples.map(({ messages }) =>
      messages.map((each) => Object.values(each).join(" ").replace(/\n\s*/g, " ")),
    );
  expect(showAll(commands[0]!)).toEqual([
    [
      'client {"cmd":"say","ref":1,"text":"hi"}',
      expect.stringMatching(/^server \{"cmd":"say","ref":1,"data":\{"id":"[0-9a-f-]{36}"\}\}$/),
    ],
    [
      'client {"cmd":"say","ref":1,"text":"no"}',
      'server { "cmd": "say", "ref": 1, "error": { "code": "full", "message": "Nobody can enter.", "details": {"room":"a"}, "retry": true } }',
    ],
  ]);
  expect(showAll(commands[1]!)).toEqual([
    ['client {"cmd":"ping","ref":1}', 'server {"cmd":"ping","ref":1,"data":null}'],
  ]);
  expect(showAll(events[0]!)).toEqual([['server {"event":"said","data":{"text":"text"}}']]);
  expect(showAll(errors[0]!)[0]?.[0]).toMatch(/"details": \{"room":"text"\}/);
});

test("examples: a command whose reply or errors are switched off shows none", async () => {
  const { commands } = await describeModule({
    commands: { quiet: { reply: message, config: { responseData: false, errorMessage: false } } },
  });
  expect(commands[0]!.examples[0]!.messages).toEqual([
    { from: "client", json: '{"command":"quiet","id":1}' },
  ]);
  expect(commands[0]!.notes).toEqual([
    "The server does not send the reply.",
    "The server does not send errors.",
  ]);
});

test("rules: guards, options, replays, slow consumers, close codes and presence are sentences", async () => {
  const { notes, commands, events, errors, presence } = await describeModule({
    guards: ["member"],
    config: {
      maxMessageSize: "16KiB",
      mode: "debug",
      pingPeriod: 5,
      commandRate: { perSecond: 1, burst: 5 },
    },
    presence: { state: message, join: "came", leave: "left" },
    errors: { banned: { closeCode: 4403 }, busy: { retry: false } },
    commands: { say: { guards: ["writer"], errors: ["busy"] } },
    events: {
      came: {},
      left: {},
      said: { replay: { last: 10, for: "5m" }, data: message, slowConsumer: { latest: "text" } },
    },
  });
  expect(notes).toEqual([
    "Guards of every message: “member”. They can refuse with access_denied.",
    "maxMessageSize: 16 KiB. The largest inbound message. A larger one closes the connection with 1009.",
    expect.stringMatching(/^commandRate: perSecond 1, burst 5\. /),
  ]);
  expect(commands[0]!.notes).toEqual([
    "Guards of this command: “member”, “writer”. They can refuse with access_denied.",
  ]);
  expect(events.map((event) => event.notes)).toEqual([
    ["The server sends it when a client enters a room."],
    ["The server sends it when a client leaves a room."],
    [
      "Replayed: a client that comes back gets what it missed, up to the last 10 events of 5 minutes. Such an event also has stream, epoch and offset.",
      "A client that does not keep up gets only the last event with the same “text”.",
    ],
  ]);
  expect(errors.map((error) => error.notes)).toEqual([
    [
      "No command lists it: it refuses a handshake, or a guard sends it.",
      "The server then closes the connection with the code 4403. A generated client does not come back.",
    ],
    ["Commands: “say”.", "The same request cannot succeed later."],
  ]);
  expect(presence[0]!.notes).toHaveLength(2);
});

test("handshake: its example is a request that the server accepts", async () => {
  const { handshakeExample, handshake } = await describeModule({
    urls: ["rooms/:room"],
    handshake: {
      params: { room: { enum: ["a b"] } },
      query: { token: { type: "string", minLength: 3 }, "page?": { type: "integer" } },
      headers: { "X-Key": { enum: ["k"] } },
      cookies: { sid: { enum: ["a;b"] } },
    },
  });
  expect(handshake.map(({ title }) => title)).toEqual([
    "Parameters of the route",
    "Query",
    "Headers",
    "Cookies",
  ]);
  expect(handshakeExample.split("\n")).toEqual([
    expect.stringMatching(/^ws:\/\/localhost:10099\/chat\/rooms\/a%20b\?token=.{3,}$/),
    "x-key: k",
    "cookie: sid=a%3Bb",
  ]);
});

test("links: a command, an event, an error and a schema of one name have places of their own", async () => {
  const { modules, schemas } = await describeSpec({
    name: "demo",
    schemas: { same: message },
    modules: {
      schemas: { port: 1, urls: ["ws"], commands: { Same: {} } },
      chat: {
        port: 1,
        urls: ["ws"],
        commands: { same: {}, "a b/<c>": { as: "Strange" } },
        events: { same: {} },
        errors: { same: {} },
      },
    },
  });
  const anchors = modules.flatMap(({ anchor, commands, events, errors }) => [
    anchor,
    ...[...commands, ...events, ...errors].map((entry) => entry.anchor),
  ]);
  expect(anchors).toEqual([
    ...["schemas", "schemas.Same-2", "chat", "chat.same", "chat.a-b-c", "chat.same-2", "chat.same-3"],
  ]);
  expect(schemas.map(({ anchor }) => anchor)).toEqual(["schemas.Same"]);
});

test("both files: the same spec gives the same texts", async () => {
  const spec = {
    name: "demo",
    modules: { chat: { port: 1, urls: ["ws"], commands: { say: { request: message } } } },
  };
  expect(await writeSpecDocs(spec)).toEqual(await writeSpecDocs(spec));
});

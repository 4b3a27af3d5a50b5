import { eventRules } from "./event-rules.js";
import type { FormatSchema } from "./format-schema.js";
import { jsonSchemaFormat } from "./json-schema-format.js";
import { commandOptions, configSchema, moduleOptions } from "./option-table.js";
import { anySchema, propertiesFormat } from "./short-schema.js";
import { importExtensions, type Json } from "./spec.js";

const description: FormatSchema = {
  description: "Its purpose, for the generated documentation and comments. Default: none.",
  type: "string",
  examples: ["Rooms in which people talk."],
};

const as: FormatSchema = {
  description: "The name in code, if the name itself cannot be an identifier. Default: made from the name.",
  type: "string",
  minLength: 1,
  examples: ["LoginUser"],
};

const jsonSchema: FormatSchema = { $ref: "#/definitions/jsonSchema" };
const openSchema: FormatSchema = { $ref: "#/definitions/openSchema" };

/** A mapping by name; `commands:` with nothing below it counts as empty. */
const named = (text: string, of: FormatSchema, example: Json): FormatSchema => ({
  description: `${text} Default: none.`,
  type: ["object", "null"],
  additionalProperties: of,
  examples: [example],
});

const fields = (properties: Readonly<Record<string, FormatSchema>>): FormatSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

const errorFormat: FormatSchema = {
  ...fields({
    description: {
      ...description,
      description:
        "What went wrong; also the message that clients get, unless the code passes another one. Default: the code of the error.",
      examples: ["The room is full."],
    },
    as,
    details: {
      $ref: "#/definitions/shortSchema",
      description:
        "The details of the error: a mapping of properties, all required unless `?` follows the name, or a JSON Schema. Default: no details.",
      examples: [{ room: { type: "string" } }],
    },
    retry: {
      description: "Whether the client can send the same request again with success. Default: not said.",
      type: "boolean",
      examples: [true],
    },
    closeCode: {
      title: "a close code from 4000 to 4999",
      description:
        "The connection is closed with this code after the error was sent. Default: it stays open.",
      type: "integer",
      minimum: 4000,
      maximum: 4999,
      examples: [4403],
    },
  }),
  type: ["object", "null"],
};

const errorCodes: FormatSchema = {
  title: "a list of codes, or a mapping of errors",
  description:
    "The errors of the command: codes that the module declares, or a mapping that declares its own. Default: none.",
  examples: [["conflict"]],
  anyOf: [
    { type: "array", uniqueItems: true, items: { type: "string", minLength: 1 } },
    { type: ["object", "null"], additionalProperties: { $ref: "#/definitions/error" } },
  ],
};

const guards = (text: string): FormatSchema => ({
  description: `${text} Default: none.`,
  type: "array",
  uniqueItems: true,
  items: { title: "the name of a guard", type: "string", minLength: 1, examples: ["loggedIn"] },
  examples: [["loggedIn"]],
});

const exampleFormat = fields({
  description,
  request: {
    description: "The fields of the message, without `command` and `id`. Default: no fields.",
    examples: [{ text: "hi" }],
  },
  reply: {
    description:
      "The reply of the command; `{ $any: date-time }` matches any value of a type or format, `{ $any: value }` any value at all. Default: any reply that matches the schema.",
    examples: [{ delivered: { $any: "integer" } }],
  },
  error: {
    description:
      "The error that the request gets, instead of a reply; `details` can have masks as `reply` can. Default: none, a reply is expected.",
    examples: [{ code: "conflict" }],
    type: "object",
    additionalProperties: false,
    properties: {
      code: {
        description: "A code of the command's errors.",
        type: "string",
        minLength: 1,
        examples: ["conflict"],
      },
      details: {
        description: "Its details. Default: any that match the schema.",
        examples: [{ room: "lobby" }],
      },
    },
    required: ["code"],
  },
});

const commandFormat: FormatSchema = {
  ...fields({
    description,
    as,
    request: {
      ...openSchema,
      description: "The fields of the message; `any` allows any fields. Default: no fields.",
      examples: [{ type: "object", required: ["text"], properties: { text: { type: "string" } } }],
    },
    reply: {
      ...openSchema,
      description: "The reply of the command. Default: `any` value.",
      examples: [{ type: "object", required: ["delivered"], properties: { delivered: { type: "integer" } } }],
    },
    config: configSchema(
      commandOptions,
      "Options of this command; they override those of the module. Default: the default of each option.",
    ),
    guards: guards(
      "Functions that let a message of this command in or refuse it, in this order, after those of the module. Each has a file in the folder `guards` of the module.",
    ),
    errors: errorCodes,
    examples: {
      description: "Requests and their replies, for tests and documentation. Default: none.",
      type: ["array", "null"],
      items: exampleFormat,
      examples: [[{ request: { text: "hi" }, reply: { delivered: 1 } }]],
    },
  }),
  type: ["object", "null"],
};

export const eventFormat: FormatSchema = {
  ...fields({
    description,
    as,
    data: {
      ...openSchema,
      description: "The data of the event. Default: `any` value.",
      examples: [{ type: "object", required: ["text"], properties: { text: { type: "string" } } }],
    },
    ...Object.fromEntries(Object.entries(eventRules).map(([key, { format }]) => [key, format])),
  }),
  type: ["object", "null"],
};

const handshakePart = (text: string, example: Json): FormatSchema => ({
  $ref: "#/definitions/shortSchema",
  description: `${text}: a mapping of properties, all required unless \`?\` follows the name, or a JSON Schema. Default: not checked.`,
  examples: [example],
});

const handshakeFormat: FormatSchema = {
  ...fields({
    params: {
      $ref: "#/definitions/shortSchema",
      description:
        "The parameters of the routes: a mapping of properties, or a JSON Schema. Those that it does not name are strings. Default: all are strings.",
      examples: [{ room: { type: "string", maxLength: 40 } }],
    },
    query: handshakePart("The parameters of the query", { "page?": { type: "integer" } }),
    headers: handshakePart("Headers, with names in any case", { "x-team": { type: "string" } }),
    cookies: handshakePart("Cookies", { session: { type: "string" } }),
  }),
  description:
    "The values of a handshake. Texts become numbers, booleans and lists as the schemas say; an invalid handshake is refused with 400 before `connect`. Default: not checked.",
};

const presenceEvent = (text: string, example: string): FormatSchema => ({
  title: "the name of an event of the module",
  description: `${text} The data of the event is { room, id, state }. Default: no event.`,
  type: "string",
  minLength: 1,
  examples: [example],
});

const presenceFormat: FormatSchema = {
  ...fields({
    state: {
      $ref: "#/definitions/shortSchema",
      description:
        "The public state of a connection: a mapping of properties, all required unless `?` follows the name, or a JSON Schema.",
      examples: [{ name: { type: "string" } }],
    },
    join: presenceEvent("Sent to the other members of a room when a connection enters it.", "memberJoined"),
    leave: presenceEvent("Sent to the other members of a room when a connection leaves it.", "memberLeft"),
  }),
  required: ["state"],
  description: "What clients in a room see of each other. Default: nothing.",
};

const moduleFormat: FormatSchema = {
  ...fields({
    description,
    as,
    flag: {
      title: "one path segment of letters, digits, '-', '_', '.' and '~'",
      description: "Identity of the module and first segment of its routes. Default: the module's name.",
      type: "string",
      pattern: "^[\\p{L}\\p{N}_~-][\\p{L}\\p{N}._~-]*$",
      examples: ["chat"],
    },
    port: {
      title: "a port from 0 to 65535",
      description: "TCP port; modules with the same port share one listener.",
      type: "integer",
      minimum: 0,
      maximum: 65_535,
      examples: [10099],
    },
    urls: {
      description: "Routes below the flag, as gin writes them: `ws`, `rooms/:room`, `files/*path`.",
      type: "array",
      minItems: 1,
      items: { title: "a route such as ws, rooms/:room or files/*path", type: "string", minLength: 1 },
      examples: [["ws"]],
    },
    handshake: handshakeFormat,
    presence: presenceFormat,
    guards: guards(
      "Functions that let a message of the module in or refuse it, in this order, before its command is looked up. Each has a file in the folder `guards` of the module.",
    ),
    config: configSchema(moduleOptions, "Options of this module. Default: the default of each option."),
    commands: named(
      "Messages from clients, by the value of the message's `command`.",
      { $ref: "#/definitions/command" },
      { ping: {} },
    ),
    events: named(
      "Messages that the server pushes, by the value of the message's `event`.",
      { $ref: "#/definitions/event" },
      { said: {} },
    ),
    errors: named(
      "Errors that commands and `connect` answer, by the value of `error.code`.",
      { $ref: "#/definitions/error" },
      { conflict: { description: "The name is taken." } },
    ),
  }),
  required: ["port", "urls"],
};

/** The format of `wsgen.yaml`, as a JSON Schema for editors and for `check-shape.ts`. */
export const specSchema: FormatSchema & { readonly definitions: Readonly<Record<string, FormatSchema>> } = {
  ...fields({
    wsgen: {
      title: "1, the version of this format",
      description: "Version of this format. It is 1.",
      type: "integer",
      const: 1,
      examples: [1],
    },
    name: {
      title: "a package name: lower-case letters, digits, '-', '_' and '.'",
      description: "Name of the project and of its package.",
      type: "string",
      maxLength: 214,
      pattern: "^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*$",
      examples: ["chat-server"],
    },
    description,
    schemas: named("Shared JSON Schemas (2020-12), referenced as '#/schemas/Name'.", jsonSchema, {
      Person: { type: "object", properties: { name: { type: "string" } } },
    }),
    client: {
      ...fields({
        out: {
          title: "a relative path of a folder, with '/'",
          description:
            "The folder for the generated clients, relative to the project. `../` may lead out of the project.",
          default: "client",
          type: "string",
          minLength: 1,
          examples: ["../web/src/api"],
        },
        extension: {
          description:
            "The end of the path by which a client imports its core: `js`, `ts` (Deno), or `none` (webpack, Metro).",
          default: "js",
          enum: importExtensions,
          examples: ["none"],
        },
      }),
      type: ["object", "null"],
      description:
        "Where the generated clients are written, and how they import. Default: the folder `client`.",
      examples: [{ out: "../web/src/api" }],
    },
    modules: named(
      "The modules, by name: `chat` becomes ChatModule in src/modules/chat/.",
      { $ref: "#/definitions/module" },
      { chat: { port: 10_099, urls: ["ws"] } },
    ),
  }),
  required: ["wsgen", "name"],
  definitions: {
    module: moduleFormat,
    command: commandFormat,
    event: eventFormat,
    error: errorFormat,
    openSchema: {
      title: "a JSON Schema (2020-12), or `any`",
      anyOf: [{ $ref: "#/definitions/jsonSchema" }, { type: "string", const: anySchema }],
    },
    shortSchema: { anyOf: [{ $ref: "#/definitions/jsonSchema" }, { $ref: "#/definitions/properties" }] },
    properties: propertiesFormat,
    jsonSchema: jsonSchemaFormat,
  },
};

/** The content of `wsgen.schema.json`, which editors read through the spec's first line. */
export const specSchemaDocument = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "wsgen.yaml",
  ...specSchema,
};

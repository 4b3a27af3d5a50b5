import { eventRules } from "./event-rules.js";
import type { FormatSchema } from "./format-schema.js";
import { jsonSchemaFormat } from "./json-schema-format.js";
import { commandOptions, configSchema, moduleOptions } from "./option-table.js";
import { anySchema, propertiesFormat } from "./short-schema.js";
import { importExtensions } from "./spec.js";

const description: FormatSchema = {
  description: "Its purpose, for the generated documentation.",
  type: "string",
};

const as: FormatSchema = {
  description: "The name in code, if the name itself cannot be an identifier.",
  type: "string",
  minLength: 1,
  examples: ["LoginUser"],
};

const jsonSchema: FormatSchema = { $ref: "#/definitions/jsonSchema" };
const openSchema: FormatSchema = { $ref: "#/definitions/openSchema" };

/** A mapping by name; `commands:` with nothing below it counts as empty. */
const named = (text: string, of: FormatSchema): FormatSchema => ({
  description: text,
  type: ["object", "null"],
  additionalProperties: of,
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
      description: "What went wrong; also the message that clients get, unless the code passes another one.",
    },
    as,
    details: {
      $ref: "#/definitions/shortSchema",
      description:
        "The details of the error: a mapping of properties, all required unless `?` follows the name, or a JSON Schema. Default: no details.",
    },
    retry: {
      description: "Whether the client can send the same request again with success; default: not said.",
      type: "boolean",
      examples: [true],
    },
    closeCode: {
      title: "a close code from 4000 to 4999",
      description:
        "The connection is closed with this code after the error was sent; default: it stays open.",
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
    "The errors of the command: codes that the module declares, or a mapping that declares its own.",
  examples: [["conflict"]],
  anyOf: [
    { type: "array", uniqueItems: true, items: { type: "string", minLength: 1 } },
    { type: ["object", "null"], additionalProperties: { $ref: "#/definitions/error" } },
  ],
};

const guards = (text: string): FormatSchema => ({
  description: text,
  type: "array",
  uniqueItems: true,
  items: { title: "the name of a guard", type: "string", minLength: 1, examples: ["loggedIn"] },
  examples: [["loggedIn"]],
});

const exampleFormat = fields({
  description,
  request: { description: "The fields of the message, without `command` and `id`." },
  reply: {
    description:
      "The reply of the command; `{ $any: date-time }` matches any value of a type or format, `{ $any: value }` any value at all. Default: any reply that matches the schema.",
  },
  error: {
    description:
      "The error that the request gets, instead of a reply; `details` can have masks as `reply` can.",
    type: "object",
    additionalProperties: false,
    properties: {
      code: {
        description: "A code of the command's errors.",
        type: "string",
        minLength: 1,
        examples: ["conflict"],
      },
      details: { description: "Its details. Default: any that match the schema." },
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
    },
    reply: { ...openSchema, description: "The reply of the command. Default: `any` value." },
    config: configSchema(commandOptions, "Options of this command; they override those of the module."),
    guards: guards(
      "Functions that let a message of this command in or refuse it, in this order, after those of the module. Each has a file in the folder `guards` of the module.",
    ),
    errors: errorCodes,
    examples: { description: "Requests and their replies.", type: ["array", "null"], items: exampleFormat },
  }),
  type: ["object", "null"],
};

export const eventFormat: FormatSchema = {
  ...fields({
    description,
    as,
    data: { ...openSchema, description: "The data of the event. Default: `any` value." },
    ...Object.fromEntries(Object.entries(eventRules).map(([key, { format }]) => [key, format])),
  }),
  type: ["object", "null"],
};

const handshakePart = (text: string): FormatSchema => ({
  $ref: "#/definitions/shortSchema",
  description: `${text}: a mapping of properties, all required unless \`?\` follows the name, or a JSON Schema.`,
});

const handshakeFormat: FormatSchema = {
  ...fields({
    params: {
      $ref: "#/definitions/shortSchema",
      description:
        "The parameters of the routes: a mapping of properties, or a JSON Schema. Those that it does not name are strings.",
    },
    query: handshakePart("The parameters of the query"),
    headers: handshakePart("Headers, with names in any case"),
    cookies: handshakePart("Cookies"),
  }),
  description:
    "The values of a handshake. Texts become numbers, booleans and lists as the schemas say; an invalid handshake is refused with 400 before `connect`.",
};

const presenceEvent = (text: string, example: string): FormatSchema => ({
  title: "the name of an event of the module",
  description: `${text} The data of the event is { room, id, state }.`,
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
    },
    join: presenceEvent("Sent to the other members of a room when a connection enters it.", "memberJoined"),
    leave: presenceEvent("Sent to the other members of a room when a connection leaves it.", "memberLeft"),
  }),
  required: ["state"],
  description: "What clients in a room see of each other.",
};

const moduleFormat: FormatSchema = {
  ...fields({
    description,
    as,
    flag: {
      title: "one path segment of letters, digits, '-', '_', '.' and '~'",
      description: "Identity of the module and first segment of its routes; default: the module's name.",
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
    config: configSchema(moduleOptions, "Options of this module."),
    commands: named("Messages from clients, by the value of the message's `command`.", {
      $ref: "#/definitions/command",
    }),
    events: named("Messages that the server pushes, by the value of the message's `event`.", {
      $ref: "#/definitions/event",
    }),
    errors: named("Errors that commands and `connect` answer, by the value of `error.code`.", {
      $ref: "#/definitions/error",
    }),
  }),
  required: ["port", "urls"],
};

/** The format of `wsgen.yaml`, as a JSON Schema for editors and for `check-shape.ts`. */
export const specSchema: FormatSchema & { readonly definitions: Readonly<Record<string, FormatSchema>> } = {
  ...fields({
    wsgen: {
      title: "1, the version of this format",
      description: "Version of this format.",
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
    schemas: named("Shared JSON Schemas (2020-12), referenced as '#/schemas/Name'.", jsonSchema),
    client: {
      ...fields({
        out: {
          title: "a relative path of a folder, with '/'",
          description:
            "The folder for the generated clients, relative to the project. `../` may lead out of the project; default: client.",
          type: "string",
          minLength: 1,
          examples: ["../web/src/api"],
        },
        extension: {
          description:
            "The end of the path by which a client imports its core: `js`, `ts` (Deno), or `none` (webpack, Metro); default: js.",
          enum: importExtensions,
          examples: ["none"],
        },
      }),
      type: ["object", "null"],
      description: "Where the generated clients are written.",
    },
    modules: named("The modules, by name: `chat` becomes ChatModule in src/modules/chat/.", {
      $ref: "#/definitions/module",
    }),
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

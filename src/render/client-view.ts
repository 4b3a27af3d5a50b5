import type { CompiledModule, Conversions } from "../compile-schemas/compile-schemas.js";
import type {
  CommandModel,
  EventModel,
  HandshakePartModel,
  Model,
  ModuleModel,
  SchemaModel,
} from "../model/model.js";
import { listAddresses } from "../model/paths.js";
import { docComment, literal, memberKey, objectKey } from "../schema/encode.js";
import { joinRoute, parseRoute } from "../spec-file/route-pattern.js";
import type { JsonSchema } from "../spec-file/spec.js";
import { conversionSource, TypeScope } from "./encoders.js";

/** The view of `client/<module>.client.gen.ts`. The file imports only the core of the client, which is beside it. */
export function clientView(
  model: Model,
  module: ModuleModel,
  { requestDefaults, conversions }: CompiledModule,
) {
  const sentBy = ({ wireName, request }: CommandModel) => requestDefaults.get(wireName)?.sent ?? request;
  const { client, commands, events, errors } = module;
  const types = new TypeScope(model);
  const address = describeAddress(module);
  const own = [
    ...module.handshake.flatMap((part) => (isInAddress(part) ? [types.handshake(part, "sent")] : [])),
    ...commands.flatMap((command) => [types.request(command, sentBy(command)), types.reply(command)]),
    ...events.map((event) => types.event(event)),
    ...errors.flatMap((error) => (error.details === undefined ? [] : [types.error(error)])),
    ...commands.flatMap(({ wireName, ...command }) =>
      declareErrors(
        `The errors of the command ${wireName}, by their codes, and those of the runtime.`,
        command,
      ),
    ),
    ...declareErrors(
      `Why the module ${module.wireName} refuses a handshake: its errors by their codes, and those of the runtime.`,
      { errors, errorType: module.refusalType, errorGuard: module.refusalGuard },
    ),
  ];
  return {
    ...client,
    wireName: module.wireName,
    corePath: model.clients.coreImport,
    declarations: [...sharedTypes(types), ...own],
    commands: commands.map((command) => ({
      doc: docComment(describeCommand(command), "  "),
      key: memberKey(command.wireName),
      method: command.clientMethod,
      wireName: command.wireName,
      requestType: command.requestType,
      replyType: command.replyType,
      optional: isOptional(sentBy(command)) ? "?" : "",
    })),
    hasCommands: commands.length > 0,
    events: events.map((event) => ({
      doc: docComment(eventDoc(event), "    "),
      key: memberKey(event.wireName),
      dataType: event.dataType,
    })),
    hasEvents: events.length > 0,
    clientDoc: docComment([`A client of the module ${module.wireName}${describe(module.description)}`]),
    address: address.parts,
    hasAddress: address.parts.length > 0,
    ...describeCreation(module, address, writeConversions(module, conversions)),
  };
}

/** A part that is in the URL: the others are headers, which the platform sends. */
const isInAddress = ({ part }: HandshakePartModel): boolean => part === "params" || part === "query";

/** The values that a client needs for its URL, and the routes that take them. */
export function describeAddress({ flag, urls, handshake }: ModuleModel) {
  const parts = handshake.filter(isInAddress).map(({ part, typeName, sent }) => ({
    part,
    typeName,
    optional: isPlainAndOptional(sent) ? "?" : "",
  }));
  return {
    parts,
    isRequired: parts.some(({ optional }) => optional === ""),
    routes: literal(urls.map((url) => routeParts(flag, url))),
  };
}

/** A route as texts with the names of its parameters in between. */
function routeParts(flag: string, url: string): string[] {
  const route = parseRoute(url);
  const parts = [joinRoute(flag, "")];
  const addText = (text: string): void => void parts.push((parts.pop() ?? "") + text);
  for (const segment of "segments" in route ? route.segments : []) {
    if (segment.kind === "static") addText(`/${segment.text}`);
    else if (segment.kind === "parameter") {
      addText(`/${segment.prefix}`);
      parts.push(segment.name, "");
    } else {
      addText("/");
      parts.push(`*${segment.name}`, "");
    }
  }
  return parts.at(-1) === "" ? parts.slice(0, -1) : parts;
}

const describeCommand = ({ description, wireName, errors, errorType }: CommandModel): string[] => [
  description || `The command ${wireName}.`,
  ...(errors.length === 0 ? [] : [`@throws ${errorType}, or an error that the spec does not declare`]),
];

/** The type of the errors of a command or a module, and the function that recognizes them. */
function declareErrors(
  description: string,
  { errors, errorType, errorGuard }: Pick<CommandModel, "errors" | "errorType" | "errorGuard">,
): string[] {
  if (errors.length === 0) return [];
  const members = errors.map(({ wireName: code, details, detailsType }) => {
    const detailsArgument = details === undefined ? "" : `, ${detailsType}`;
    return `  | core.ReplyErrorOf<${literal(code)}${detailsArgument}>\n`;
  });
  const doc = docComment([description]);
  const guardDoc = docComment([
    `True for a \`${errorType}\`, false for a code that the spec does not declare.`,
  ]);
  const codes = literal(errors.map(({ wireName: code }) => code));
  return [
    `${doc}export type ${errorType} =\n${members.join("")}  | core.RuntimeError;`,
    `${guardDoc}export function ${errorGuard}(error: unknown): error is ${errorType} {\n  return hasErrorCode(error, ${codes});\n}`,
  ];
}

/** The runtime replays events only to clients that pass `resume`. */
const eventDoc = ({ description, rules: { replay } }: EventModel): string[] =>
  replay === undefined
    ? [description]
    : [
        description,
        "With the option `resume: createResume()`, a client that reconnects gets the events that it missed.",
      ];

/** The fields of a module's envelope that do not have the default names, for `createEnvelope`. */
export const envelopeNames = ({ envelope: { command, correlation } }: ModuleModel) => ({
  ...(command !== undefined && { command }),
  ...(correlation !== undefined && { correlation }),
});

/** The lines of the conversions of bytes; none if no message has bytes. */
function writeConversions({ envelope }: ModuleModel, conversions: Conversions): readonly string[] {
  const { sentRequests: requests, replies, events, errors } = conversions;
  // The HTTP answer of a refused handshake is JSON, whatever the codec.
  const converted = envelope.codec === undefined ? { requests, replies, events, errors } : { errors };
  return Object.entries(converted).flatMap(([kind, byName]) => {
    const members = [...byName].map(
      ([name, conversion]) => `      ${objectKey(name)}: ${conversionSource(conversion)},\n`,
    );
    return members.length === 0 ? [] : [`    ${kind}: {\n${members.join("")}    },\n`];
  });
}

/** The function that creates the client; it depends on the module's envelope, its URL and its bytes. */
function describeCreation(
  module: ModuleModel,
  { parts, isRequired, routes }: ReturnType<typeof describeAddress>,
  conversions: readonly string[],
) {
  const { wireName, port } = module;
  const { codec } = module.envelope;
  const names = envelopeNames(module);
  const guards = module.errors.length > 0 ? ["hasErrorCode"] : [];
  const [address = ""] = listAddresses(module);
  const base = `\`ws://localhost:${port}\``;
  const withBase =
    parts.length === 0
      ? ""
      : ` With ${parts.map(({ part }) => `\`${part}\``).join(" or ")}, pass the base URL: ${base}.`;
  const connects = isRequired
    ? `Connects to the module ${wireName}. Pass the base URL, such as ${base}, or a function that returns it.`
    : `Connects to the module ${wireName}. Pass its URL, such as \`${address}\`, or a function that returns it.${withBase}`;
  const optionsType = `core.ClientOptions${parts.length === 0 ? "" : ` & ${module.client.addressType}`}`;
  const creation = {
    url: parts.length === 0 ? "url" : `addressOf(url, ${routes}, options)`,
    conversions: conversions.join(""),
  };
  const functions = [
    ...(parts.length === 0 ? [] : ["addressOf"]),
    ...["bindCommands", ...(conversions.length > 0 ? ["convertBytes"] : []), "createClient"],
  ];
  if (codec !== undefined) {
    const needs = `The module uses MessagePack: pass \`envelope: createEnvelope(${literal(names)}, codec)\`, with a codec of a MessagePack library.`;
    return {
      ...creation,
      coreFunctions: [...functions, ...guards].join(", "),
      createDoc: docComment([connects, needs]),
      optionsParameter: `options: ${optionsType} & { readonly envelope: core.ClientEnvelope }`,
      options: "options",
    };
  }
  const isDefault = Object.keys(names).length === 0;
  return {
    ...creation,
    coreFunctions: [...functions, ...(isDefault ? [] : ["createEnvelope"]), ...guards].join(", "),
    createDoc: docComment([connects]),
    optionsParameter: `options${isRequired ? "" : "?"}: ${optionsType}`,
    options: isDefault
      ? "options"
      : `{ ...options, envelope: options?.envelope ?? createEnvelope(${literal(names)}) }`,
  };
}

const describe = (description: string): string => (description === "" ? "." : `: ${description}`);

/** Shared schemas that the client refers to, directly or through other shared schemas. */
function sharedTypes(types: TypeScope): readonly string[] {
  const declared = new Map<SchemaModel, string>();
  // The set grows during this loop.
  for (const schema of types.used) declared.set(schema, types.schema(schema));
  return [...declared]
    .sort(([one], [other]) => (one.typeName < other.typeName ? -1 : 1))
    .map(([, text]) => text);
}

/** Whether a request is optional for certain: a plain object without a required field. Otherwise the types decide. */
const isOptional = (request: JsonSchema = true): boolean => request === true || isPlainAndOptional(request);

const isPlainAndOptional = (schema: JsonSchema): boolean =>
  typeof schema === "object" &&
  schema.type === "object" &&
  (schema.required === undefined || (Array.isArray(schema.required) && schema.required.length === 0)) &&
  Object.keys(schema).every((keyword) => plainKeywords.has(keyword));

const plainKeywords = new Set([
  "type",
  "properties",
  "required",
  "additionalProperties",
  "description",
  "title",
]);

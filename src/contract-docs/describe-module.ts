import type { CompiledSchemas, SharedSchemas } from "../compile-schemas/compile-schemas.js";
import type { CommandModel, ErrorModel, EventModel, Model, ModuleModel } from "../model/model.js";
import { listAddresses } from "../model/paths.js";
import { TypeScope } from "../render/encoders.js";
import { testSetupView } from "../render/module-views.js";
import type { Anchors } from "./anchors.js";
import type { CommandDoc, ErrorDoc, EventDoc, HandshakeDoc, ModuleDoc } from "./contract-document.js";
import { commandNotes, errorNotes, eventNotes, moduleNotes, presenceNotes } from "./describe-rules.js";
import type { ShapeWriter } from "./describe-shape.js";
import { showCommandExamples, showErrorExample, showEventExample } from "./wire-examples.js";

/** What the description of a module needs. */
export interface ModuleScope {
  readonly model: Model;
  readonly shared: SharedSchemas;
  readonly compiled: CompiledSchemas;
  readonly shapes: ShapeWriter;
  readonly anchors: Anchors;
}

export async function describeModule(
  module: ModuleModel,
  anchor: string,
  scope: ModuleScope,
): Promise<ModuleDoc> {
  const { wireName: name, description } = module;
  const types = new TypeScope(scope.model);
  const own = { ...scope, module, types, claim: (entry: string) => scope.anchors.claim(anchor, entry) };
  // The commands have the shortest anchors: an event of the same name has a number behind it.
  const commands = module.commands.map((command) => ({ command, anchor: own.claim(command.wireName) }));
  const events = module.events.map((event) => ({ event, anchor: own.claim(event.wireName) }));
  const errors = new Map(module.errors.map((error) => [error, own.claim(error.wireName)]));
  return {
    anchor,
    name,
    description,
    addresses: listAddresses(module),
    notes: moduleNotes(module),
    handshake: describeHandshake(own),
    handshakeExample: showHandshake(own),
    presence: describePresence(own),
    commands: await Promise.all(
      commands.map(async (each) => describeCommand(each.command, { ...own, anchor: each.anchor, errors })),
    ),
    events: await Promise.all(
      events.map(async (each) => describeEvent(each.event, { ...own, anchor: each.anchor })),
    ),
    errors: await Promise.all(
      [...errors].map(async ([error, errorAnchor]) => describeError(error, { ...own, anchor: errorAnchor })),
    ),
  };
}

interface OwnScope extends ModuleScope {
  readonly module: ModuleModel;
  readonly types: TypeScope;
}

interface EntryScope extends OwnScope {
  readonly anchor: string;
}

const partTitles = {
  params: "Parameters of the route",
  query: "Query",
  headers: "Headers",
  cookies: "Cookies",
} as const;

const describeHandshake = ({ module, types, shapes }: OwnScope): readonly HandshakeDoc[] =>
  module.handshake.map((part) => ({
    title: partTitles[part.part],
    shape: shapes.describe(part.sent, types.handshake(part, "sent"), "any values"),
  }));

/** The request of a handshake with sample values, as it is on the wire. */
function showHandshake({ module, compiled }: OwnScope): string {
  const samples = compiled.handshakeSamples.get(module.wireName);
  const { path } = testSetupView(module, samples);
  const [port, headers, cookies] = [module.port, samples?.get("headers"), samples?.get("cookies")];
  const sent = [
    ...Object.entries(headers ?? {}).map(([header, value]) => `${header}: ${String(value)}`),
    ...(cookies === undefined
      ? []
      : [
          `cookie: ${Object.entries(cookies)
            .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
            .join("; ")}`,
        ]),
  ];
  const isPlain = sent.length === 0 && listAddresses(module).some((address) => address.endsWith(path));
  return isPlain ? "" : [`ws://localhost:${port}${path}`, ...sent].join("\n");
}

const describePresence = ({ module, types, shapes }: OwnScope): ModuleDoc["presence"] =>
  module.presence === undefined
    ? []
    : [
        {
          shape: shapes.describe(module.presence.state, types.publicState(module), "any value"),
          notes: presenceNotes(module.presence),
        },
      ];

async function describeCommand(
  command: CommandModel,
  {
    module,
    types,
    shapes,
    shared,
    anchor,
    errors,
  }: EntryScope & { readonly errors: ReadonlyMap<ErrorModel, string> },
): Promise<CommandDoc> {
  const { wireName: name, description } = command;
  const sent = shared.readSentRequest(command);
  return {
    anchor,
    name,
    description,
    notes: commandNotes(command, module),
    request: shapes.describe(sent, types.request(command, sent), "any fields"),
    reply: shapes.describe(command.reply, types.reply(command), "any value, or null"),
    errors: command.errors.map((error) => ({
      code: error.wireName,
      anchor: errors.get(error) ?? anchor,
      description: error.description,
    })),
    examples: await showCommandExamples(command, module, shared),
  };
}

async function describeEvent(event: EventModel, scope: EntryScope): Promise<EventDoc> {
  const { types, shapes, shared, anchor, module } = scope;
  const { wireName: name, description } = event;
  return {
    anchor,
    name,
    description,
    notes: eventNotes(event, module),
    data: shapes.describe(event.data, types.event(event), "any value, or null"),
    examples: await showEventExample(event, shared),
  };
}

async function describeError(error: ErrorModel, scope: EntryScope): Promise<ErrorDoc> {
  const { types, shapes, shared, anchor, module } = scope;
  const { wireName: name, description, details } = error;
  return {
    anchor,
    name,
    description,
    notes: errorNotes(error, module),
    details: details === undefined ? [] : [shapes.describe(details, types.error(error), "any value")],
    examples: await showErrorExample(error, shared),
  };
}

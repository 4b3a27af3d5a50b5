import { failed, type Outcome, problem, sortByPosition } from "../diagnostics/diagnostic.js";
import { addExcerpts } from "../diagnostics/source-text.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import {
  type ClientSpec,
  type CommandErrorSpec,
  type CommandSpec,
  type ErrorSpec,
  type EventSpec,
  type Located,
  type ModuleSpec,
  type NamedSchema,
  noFields,
  type OptionValue,
  type PresenceSpec,
  type Spec,
} from "../spec-file/spec.js";
import { NameScope } from "./check-name.js";
import { checkListeners, checkRoutes } from "./check-routes.js";
import { buildHandshake, type SharedSchemas } from "./handshake.js";
import type {
  ClientFolder,
  CommandModel,
  EnvelopeModel,
  ErrorModel,
  EventModel,
  GuardModel,
  Model,
  ModuleModel,
  PresenceModel,
  SchemaModel,
} from "./model.js";
import { clientCore, layout } from "./module-files.js";
import { deriveModuleNames, listClaimedNames } from "./names.js";
import { clientMembers, runtimeErrorCodes } from "./reserved-names.js";

/**
 * Builds the project as code. Checks every name, alone and against the others. Returns no value with an error, because
 * a name that cannot be converted or collides with another must not reach a file.
 */
export function buildModel(spec: Spec): Outcome<Model> {
  const project = new NameScope();
  const schemas = spec.schemas.flatMap((schema) => schemaModel(schema, project) ?? []);
  const clients = clientFolder(spec.client);
  const shared = new Map(spec.schemas.map(({ name, schema }) => [name.value, schema.value]));
  const modules = spec.modules.flatMap(
    (module) => moduleModel(module, project, { clients: clients.folder, schemas: shared }) ?? [],
  );
  const found = [...project.found, ...checkListeners(spec.modules), ...spec.modules.flatMap(checkRoutes)];
  if (found.length > 0) return failed(addExcerpts(sortByPosition(found), spec.sources));
  const { name, description, sources } = spec;
  return {
    value: {
      name: name.value,
      description,
      schemas,
      modules,
      mainFile: layout.main,
      clients,
      ...(sources && { sources }),
    },
    diagnostics: [],
  };
}

function clientFolder({ out, extension }: ClientSpec): ClientFolder {
  const folder = out?.value ?? layout.clients;
  return {
    folder,
    core: `${folder}/${clientCore}.ts`,
    coreImport: `./${clientCore}${extension === "none" ? "" : `.${extension}`}`,
    ...(out && { at: out.at }),
  };
}

function schemaModel(named: NamedSchema, project: NameScope): SchemaModel | undefined {
  const to = project.convert("schema", named);
  if (to === undefined) return undefined;
  const own = {
    typeName: to.pascal,
    validator: `validate${to.pascal}`,
    fieldsName: `fieldsOf${to.pascal}`,
  };
  project.claim("schema", named, { identifiers: Object.values(own) });
  const { value: schema, locate } = named.schema;
  return {
    ...own,
    wireName: named.from ?? named.name.value,
    ...(named.from !== undefined && { from: named.from }),
    schema,
    ...(locate && { locate }),
  };
}

function moduleModel(
  module: ModuleSpec,
  project: NameScope,
  shared: { readonly clients: string; readonly schemas: SharedSchemas },
): ModuleModel | undefined {
  const to = project.convert("module", module);
  // Without a usable folder the names inside are still checked, as if there were one.
  const folder = `src/modules/${to?.kebab ?? ""}`;
  const inside = new NameScope(project);
  const own = to && deriveModuleNames(to, { code: folder, clients: shared.clients });
  if (own) {
    const { identifiers, files } = listClaimedNames(own);
    project.claim("module", module, { identifiers: [own.className], files: [folder, ...files] });
    inside.claim("module", module, { identifiers });
  }
  const stem = own?.contextType.replace(/Context$/, "");
  const handshake =
    stem === undefined ? [] : buildHandshake(module, stem, { scope: inside, shared: shared.schemas });
  const errors: DeclaredErrors = new Map();
  for (const error of module.errors) declareError(error, inside, errors);
  const guards = new GuardScope(inside, folder);
  const ownGuards = module.guards.flatMap((name) => guards.use(name) ?? []);
  const place: CommandPlace = {
    ...{ inside, folder, errors, guards },
    commonContext: own?.commandContextType ?? "",
    isGuarded: module.guards.length > 0 || module.commands.some((command) => command.guards.length > 0),
  };
  const commands = module.commands.flatMap((command) => commandModel(command, module, place) ?? []);
  const events = module.events.flatMap((event) => eventModel(withPresenceData(event, module), inside) ?? []);
  if (own === undefined) return undefined;
  if (module.presence)
    inside.claim("module", module, { identifiers: [own.publicStateType, own.presenceType] });
  if (errors.size > 0) {
    const { errorsName, errorsType, refusalType, refusalGuard } = own;
    inside.claim("module", module, { identifiers: [errorsName, errorsType, refusalType, refusalGuard] });
  }
  return {
    ...own,
    wireName: module.name.value,
    description: module.description,
    flag: module.flag.value,
    port: module.port.value,
    urls: module.urls.map(({ value }) => value),
    handshake,
    presence: module.presence && presenceModel(module.presence),
    hasState: true,
    guards: ownGuards,
    folder,
    config: module.config,
    sendsKnownFields: module.config.some(
      ({ option, value }) => option === "replyFields" && value === "known",
    ),
    envelope: envelopeModel(module.config),
    commands,
    events,
    errors: [...errors.values()].filter((error) => error !== undefined),
    at: module.name.at,
  };
}

const presenceModel = ({ state, join, leave }: PresenceSpec): PresenceModel => ({
  state: state.value,
  join: join?.value,
  leave: leave?.value,
  ...(state.locate && { locateState: state.locate }),
});

/** An event of joins or leaves with its data: the room, the id of the connection and its public state. */
function withPresenceData(event: EventSpec, { presence }: ModuleSpec): EventSpec {
  const name = event.name.value;
  if (presence === undefined || (presence.join?.value !== name && presence.leave?.value !== name))
    return event;
  const { value: state, at, locate } = presence.state;
  const value = {
    type: "object",
    required: ["room", "id", "state"],
    properties: {
      room: { description: "The name of the room.", type: "string" },
      id: { description: "The id of the connection.", type: "string" },
      state,
    },
  };
  const head = "/properties/state";
  const locateData = (pointer: string) =>
    (pointer.startsWith(head) ? locate?.(pointer.slice(head.length)) : undefined) ?? at;
  return { ...event, data: { value, at, locate: locateData } };
}

/** The settings of `envelope:` that clients and tests need, too. */
function envelopeModel(config: readonly OptionValue[]): EnvelopeModel {
  // In a spec with errors it can have any type.
  const envelope: unknown = config.find(({ option }) => option === "envelope")?.value;
  const { command, correlation, codec } = (envelope ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof command === "string" && command !== "command" && { command }),
    ...(typeof correlation === "string" && correlation !== "id" && { correlation }),
    ...(codec === "msgpack" && { codec }),
  };
}

/** The errors of a module by their codes; undefined for one that cannot be used. */
type DeclaredErrors = Map<string, ErrorModel | undefined>;

interface CommandPlace {
  /** The names of the module's generated files. */
  readonly inside: NameScope;
  readonly folder: string;
  readonly errors: DeclaredErrors;
  readonly guards: GuardScope;
  /** The type of the context of all commands of the module. */
  readonly commonContext: string;
  /** Whether the module or a command of it has guards. */
  readonly isGuarded: boolean;
}

/** The guards of a module by their names; undefined for one that cannot be used. */
class GuardScope {
  readonly #inside: NameScope;
  readonly #folder: string;
  readonly #known = new Map<string, GuardModel | undefined>();

  constructor(inside: NameScope, folder: string) {
    this.#inside = inside;
    this.#folder = folder;
  }

  /** The guard of a name, which several commands may use. */
  use(name: Located<string>): GuardModel | undefined {
    const { value: wireName, at } = name;
    if (this.#known.has(wireName)) return this.#known.get(wireName);
    this.#known.set(wireName, undefined);
    const to = this.#inside.convert("guard", { name });
    if (to === undefined) return undefined;
    const [functionName, fileName] = [to.camel, `${to.kebab}.guard.ts`];
    const localName = `${functionName}Guard`;
    const files = [`${this.#folder}/guards/${fileName}`];
    this.#inside.claim("guard", { name }, { identifiers: [localName], files });
    const guard: GuardModel = { wireName, functionName, localName, fileName, at };
    this.#known.set(wireName, guard);
    return guard;
  }

  /** The guards of a command. Reports those that the module has already. */
  useForCommand(
    names: readonly Located<string>[],
    ofModule: readonly Located<string>[],
  ): readonly GuardModel[] {
    return names.flatMap((name) => {
      if (!ofModule.some(({ value }) => value === name.value)) return this.use(name) ?? [];
      const message = `The guard '${name.value}' runs for every message of the module already.`;
      const fix = "Remove it here, or from the guards of the module.";
      this.#inside.found.push(problem("name-collision", { message, fix, at: name.at }));
      return [];
    });
  }
}

function commandModel(
  command: CommandSpec,
  module: ModuleSpec,
  { inside, folder, errors: declared, ...place }: CommandPlace,
): CommandModel | undefined {
  const guards = place.guards.useForCommand(command.guards, module.guards);
  const to = inside.convert("command", command);
  const errors = command.errors.flatMap((error) => commandError(error, inside, declared) ?? []);
  if (to === undefined) return undefined;
  const own = {
    className: `${to.pascal}Command`,
    requestType: `${to.pascal}Request`,
    replyType: `${to.pascal}Reply`,
    optionsName: `${to.camel}Options`,
    requestValidator: `validate${to.pascal}Request`,
    replyValidator: `validate${to.pascal}Reply`,
    replyFieldsName: `fieldsOf${to.pascal}Reply`,
  };
  const contextType = place.isGuarded ? `${to.pascal}Context` : place.commonContext;
  const file = `${folder}/commands/${to.kebab}.command.ts`;
  const clientMethod = clientMembers.has(to.camel) ? `${to.camel}Command` : to.camel;
  const errorNames = { errorType: `${to.pascal}Error`, errorGuard: `is${to.pascal}Error` };
  const identifiers = [
    ...Object.values(own),
    ...(command.errors.length > 0 ? Object.values(errorNames) : []),
    ...(place.isGuarded ? [contextType] : []),
    `client.${clientMethod}`,
  ];
  inside.claim("command", command, { identifiers, files: [file] });
  return {
    ...own,
    ...errorNames,
    contextType,
    guards,
    file,
    clientMethod,
    wireName: command.name.value,
    description: command.description,
    request: command.request?.value,
    takesNoFields: command.request?.value === noFields,
    reply: command.reply?.value,
    config: command.config,
    sends: {
      reply: !isSwitchedOff(command, "responseData"),
      errors: !isSwitchedOff(command, "errorMessage"),
    },
    errors,
    examples: command.examples,
    at: command.name.at,
    ...(command.request?.locate && { locateRequest: command.request.locate }),
    ...(command.reply?.locate && { locateReply: command.reply.locate }),
  };
}

const isSwitchedOff = ({ config }: CommandSpec, name: string): boolean =>
  config.some(({ option, value }) => option === name && value === false);

function eventModel(event: EventSpec, inside: NameScope): EventModel | undefined {
  const to = inside.convert("event", event);
  if (to === undefined) return undefined;
  const own = {
    dataType: `${to.pascal}EventData`,
    validator: `validate${to.pascal}EventData`,
    fieldsName: `fieldsOf${to.pascal}EventData`,
  };
  // Properties have their own namespace: an event `say` and a command `say` do not collide.
  const identifiers = [...Object.values(own), `events.${to.camel}`];
  inside.claim("event", event, { identifiers });
  return {
    wireName: event.name.value,
    description: event.description,
    ...own,
    property: to.camel,
    data: event.data?.value,
    rules: event.rules,
    at: event.name.at,
    ...(event.data?.locate && { locateData: event.data.locate }),
  };
}

/** Adds an error to those of the module, and reports a code that it must not have. */
function declareError(error: ErrorSpec, inside: NameScope, errors: DeclaredErrors): ErrorModel | undefined {
  const { value: code, at } = error.name;
  const title = `The error code '${code}'`;
  if (runtimeErrorCodes.has(code)) {
    const message = `${title} is reserved: the runtime sends it itself.`;
    inside.found.push(problem("reserved-name", { message, fix: "Remove it, or choose another code.", at }));
    return undefined;
  }
  if (errors.has(code)) {
    const message = `${title} is declared twice in this module.`;
    const fix = `Declare it once below \`errors:\` of the module, and list its code in each command: \`errors: [${code}]\`.`;
    inside.found.push(problem("name-collision", { message, fix, at }));
    return undefined;
  }
  const to = inside.convert("error", error);
  errors.set(code, undefined);
  if (to === undefined) return undefined;
  const own = {
    detailsType: `${to.pascal}ErrorDetails`,
    validator: `validate${to.pascal}ErrorDetails`,
    fieldsName: `fieldsOf${to.pascal}ErrorDetails`,
  };
  inside.claim("error", error, { identifiers: [...Object.values(own), `errors.${to.camel}`] });
  const { description, details, retry, closeCode } = error;
  const model: ErrorModel = {
    wireName: code,
    description,
    ...own,
    property: to.camel,
    details: details?.value,
    retry,
    closeCode,
    at,
    ...(details?.locate && { locateDetails: details.locate }),
  };
  errors.set(code, model);
  return model;
}

/** The error that a command answers: one of the module's, or its own. */
function commandError(
  error: CommandErrorSpec,
  inside: NameScope,
  errors: DeclaredErrors,
): ErrorModel | undefined {
  const { value: code, at } = error.name;
  if (error.form !== "declared" && errors.has(code)) return errors.get(code);
  if (error.form !== "listed" || runtimeErrorCodes.has(code)) return declareError(error, inside, errors);
  const suggestion = suggest(code, [...errors.keys()]);
  const message = `The module declares no error '${code}'${didYouMean(suggestion)}`;
  const fix =
    suggestion === undefined ? "Declare it below `errors:` of the module." : `Write '${suggestion}'.`;
  inside.found.push(problem("unknown-reference", { message, fix, at }));
  return undefined;
}

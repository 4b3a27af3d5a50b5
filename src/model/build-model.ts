import { type Diagnostic, failed, type Outcome, problem, sortByPosition } from "../diagnostics/diagnostic.js";
import type {
  CommandSpec,
  EventSpec,
  ModuleSpec,
  NamedSchema,
  OptionValue,
  Spec,
} from "../spec-file/spec.js";
import { type Claim, checkName, type GivenName, type NameKind, NameRegistry } from "./check-name.js";
import { checkListeners, checkRoutes } from "./check-routes.js";
import { layout } from "./layout.js";
import type { CommandModel, EnvelopeModel, EventModel, Model, ModuleModel, SchemaModel } from "./model.js";
import { type ConvertedName, claimedNames, moduleNames } from "./names.js";
import { clientMembers } from "./reserved-names.js";

/**
 * Builds the project as code. Checks every name, alone and against the others. Returns no value with an error, because
 * a name that cannot be converted or collides with another must not reach a file.
 */
export function buildModel(spec: Spec): Outcome<Model> {
  const names = new NameCheck();
  const project = new NameRegistry();
  const schemas = spec.schemas.flatMap((schema) => schemaModel(schema, names, project) ?? []);
  const modules = spec.modules.flatMap((module) => moduleModel(module, names, project) ?? []);
  const found = [...names.found, ...checkListeners(spec.modules), ...spec.modules.flatMap(checkRoutes)];
  if (found.length > 0) return failed(spec.source?.withExcerpts(sortByPosition(found)) ?? found);
  const { name, description, source } = spec;
  return {
    value: {
      name: name.value,
      description,
      schemas,
      modules,
      mainFile: layout.main,
      ...(source && { source }),
    },
    diagnostics: [],
  };
}

type NamedSpec = Pick<ModuleSpec, "name"> & Partial<Pick<ModuleSpec, "as">>;

/** Converts names, claims the results, and collects errors. */
class NameCheck {
  readonly found: Diagnostic[] = [];

  /** Returns the converted name; undefined if it cannot be used, with the reason in `found`. */
  convert(kind: NameKind, { name, as }: NamedSpec): ConvertedName | undefined {
    const checked = checkName({ kind, name: name.value, as: as?.value });
    if (!("code" in checked)) return checked;
    this.found.push(problem(checked.code, { ...checked, at: as?.at ?? name.at }));
    return undefined;
  }

  claim(
    registry: NameRegistry,
    kind: NameKind,
    claim: NamedSpec & Pick<Claim, "identifiers" | "files">,
  ): void {
    const given: GivenName = { kind, name: claim.name.value, as: claim.as?.value };
    this.found.push(...registry.claim({ ...claim, given, at: claim.as?.at ?? claim.name.at }));
  }
}

function schemaModel(
  { name, schema }: NamedSchema,
  names: NameCheck,
  project: NameRegistry,
): SchemaModel | undefined {
  const to = names.convert("schema", { name });
  if (to === undefined) return undefined;
  const own = {
    typeName: to.pascal,
    validator: `validate${to.pascal}`,
    fieldsName: `fieldsOf${to.pascal}`,
  };
  names.claim(project, "schema", { name, identifiers: Object.values(own), files: [] });
  const { locate } = schema;
  return { ...own, wireName: name.value, schema: schema.value, ...(locate && { locate }) };
}

function moduleModel(module: ModuleSpec, names: NameCheck, project: NameRegistry): ModuleModel | undefined {
  const to = names.convert("module", module);
  // Without a usable folder the names inside are still checked, as if there were one.
  const folder = `src/modules/${to?.kebab ?? ""}`;
  const inside = new NameRegistry(project);
  const own = to && moduleNames(to, folder);
  if (own) {
    const { identifiers, files } = claimedNames(own);
    names.claim(project, "module", {
      ...module,
      identifiers: [own.className],
      files: [folder, ...files],
    });
    names.claim(inside, "module", { ...module, identifiers, files: [] });
  }
  const commands = module.commands.flatMap(
    (command) => commandModel(command, { names, inside, folder }) ?? [],
  );
  const events = module.events.flatMap((event) => eventModel(event, { names, inside, folder }) ?? []);
  if (own === undefined) return undefined;
  return {
    ...own,
    wireName: module.name.value,
    description: module.description,
    flag: module.flag.value,
    port: module.port.value,
    urls: module.urls.map(({ value }) => value),
    folder,
    config: module.config,
    sendsKnownFields: module.config.some(
      ({ option, value }) => option === "replyFields" && value === "known",
    ),
    envelope: envelopeModel(module.config),
    commands,
    events,
    at: module.name.at,
  };
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

interface Surroundings {
  readonly names: NameCheck;
  /** The names of the module's generated file. */
  readonly inside: NameRegistry;
  readonly folder: string;
}

function commandModel(
  command: CommandSpec,
  { names, inside, folder }: Surroundings,
): CommandModel | undefined {
  const to = names.convert("command", command);
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
  const file = `${folder}/commands/${to.kebab}.command.ts`;
  const clientMethod = clientMembers.has(to.camel) ? `${to.camel}Command` : to.camel;
  const identifiers = [...Object.values(own), `client.${clientMethod}`];
  names.claim(inside, "command", { ...command, identifiers, files: [file] });
  return {
    ...own,
    file,
    clientMethod,
    wireName: command.name.value,
    description: command.description,
    request: command.request?.value,
    reply: command.reply?.value,
    config: command.config,
    sends: {
      reply: !isSwitchedOff(command, "responseData"),
      errors: !isSwitchedOff(command, "errorMessage"),
    },
    examples: command.examples,
    at: command.name.at,
    ...(command.request?.locate && { locateRequest: command.request.locate }),
    ...(command.reply?.locate && { locateReply: command.reply.locate }),
  };
}

const isSwitchedOff = ({ config }: CommandSpec, name: string): boolean =>
  config.some(({ option, value }) => option === name && value === false);

function eventModel(event: EventSpec, { names, inside }: Surroundings): EventModel | undefined {
  const to = names.convert("event", event);
  if (to === undefined) return undefined;
  const own = {
    dataType: `${to.pascal}EventData`,
    validator: `validate${to.pascal}EventData`,
    fieldsName: `fieldsOf${to.pascal}EventData`,
  };
  // Properties have their own namespace: an event `say` and a command `say` do not collide.
  const identifiers = [...Object.values(own), `events.${to.camel}`];
  names.claim(inside, "event", { ...event, identifiers, files: [] });
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

import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import type { CommandSpec, EventSpec, ModuleSpec, NamedSchema, Spec } from "../spec/spec.js";
import { checkListeners } from "./check-listeners.js";
import { checkName, type GivenName, type NameKind } from "./check-name.js";
import { checkRoutes } from "./check-routes.js";
import type { ConvertedName } from "./convert-name.js";
import type { CommandModel, EventModel, Model, ModuleModel, SchemaModel } from "./model.js";
import { type Claim, NameRegistry } from "./name-registry.js";
import { commandOptionCalls, moduleOptionCalls } from "./option-calls.js";

/**
 * The project as code. Every name is checked, alone and against the others; with an error there is no value,
 * since a name that does not convert or meets another must not reach a file.
 */
export function buildModel(spec: Spec): Outcome<Model> {
  const names = new NameCheck();
  const project = new NameRegistry();
  const schemas = spec.schemas.flatMap((schema) => schemaModel(schema, names, project) ?? []);
  const modules = spec.modules.flatMap((module) => moduleModel(module, names, project) ?? []);
  const found = [...names.found, ...checkListeners(spec.modules), ...spec.modules.flatMap(checkRoutes)];
  const diagnostics = spec.source?.withExcerpts(found.sort(byPosition)) ?? found;
  if (found.length > 0) return { value: undefined, diagnostics };
  return { value: { name: spec.name.value, description: spec.description, schemas, modules }, diagnostics };
}

type NamedSpec = Pick<ModuleSpec, "name"> & Partial<Pick<ModuleSpec, "as">>;

/** Converts names, claims what they become, and collects what is wrong. */
class NameCheck {
  readonly found: Diagnostic[] = [];

  /** The converted name, or undefined when it cannot be used; then the reason is in `found`. */
  convert(kind: NameKind, { name, as }: NamedSpec): ConvertedName | undefined {
    const checked = checkName({ kind, name: name.value, as: as?.value });
    if (!("code" in checked)) return checked;
    this.found.push({ ...checked, severity: "error", at: as?.at ?? name.at });
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
  names.claim(project, "schema", { name, identifiers: [to.pascal], files: [] });
  const { locate } = schema;
  return { wireName: name.value, typeName: to.pascal, schema: schema.value, ...(locate && { locate }) };
}

function moduleModel(module: ModuleSpec, names: NameCheck, project: NameRegistry): ModuleModel | undefined {
  const to = names.convert("module", module);
  // Without a folder of its own the names inside are still checked, as if it had one.
  const folder = `src/modules/${to?.kebab ?? ""}`;
  const inside = new NameRegistry(project);
  const own = moduleNames(to, folder);
  if (own) {
    names.claim(project, "module", {
      ...module,
      identifiers: [own.className],
      files: [folder, own.testFile],
    });
    names.claim(inside, "module", { ...module, identifiers: [own.optionsName], files: [] });
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
    options: moduleOptionCalls(module.config, module.flag.value),
    commands,
    events,
    at: module.name.at,
  };
}

type OwnNames = Pick<
  ModuleModel,
  "className" | "variable" | "optionsName" | "moduleFile" | "generatedFile" | "testFile"
>;

const moduleNames = (to: ConvertedName | undefined, folder: string): OwnNames | undefined =>
  to && {
    className: `${to.pascal}Module`,
    variable: to.camel,
    optionsName: `${to.camel}ModuleOptions`,
    moduleFile: `${folder}/${to.kebab}.module.ts`,
    generatedFile: `${folder}/${to.kebab}.gen.ts`,
    testFile: `test/${to.kebab}.test.ts`,
  };

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
  };
  const file = `${folder}/commands/${to.kebab}.command.ts`;
  names.claim(inside, "command", { ...command, identifiers: Object.values(own), files: [file] });
  return {
    ...own,
    file,
    wireName: command.name.value,
    description: command.description,
    request: command.request?.value,
    reply: command.reply?.value,
    options: commandOptionCalls(command.config),
    examples: command.examples,
    at: command.name.at,
    ...(command.request?.locate && { locateRequest: command.request.locate }),
    ...(command.reply?.locate && { locateReply: command.reply.locate }),
  };
}

function eventModel(event: EventSpec, { names, inside }: Surroundings): EventModel | undefined {
  const to = names.convert("event", event);
  if (to === undefined) return undefined;
  const dataType = `${to.pascal}EventData`;
  // Properties have a space of their own: the event `say` beside the command `say` is fine.
  names.claim(inside, "event", { ...event, identifiers: [dataType, `events.${to.camel}`], files: [] });
  return {
    wireName: event.name.value,
    description: event.description,
    property: to.camel,
    dataType,
    data: event.data?.value,
    at: event.name.at,
    ...(event.data?.locate && { locateData: event.data.locate }),
  };
}

const byPosition = (a: Diagnostic, b: Diagnostic): number =>
  (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);

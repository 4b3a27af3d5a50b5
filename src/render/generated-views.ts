import type { CompiledModule, Conversions } from "../compile-schemas/compile-schemas.js";
import type { HandshakeFields } from "../compile-schemas/handshake-fields.js";
import {
  type CommandModel,
  type ErrorModel,
  type EventModel,
  type GuardModel,
  guardFile,
  listGuards,
  type Model,
  type ModuleModel,
  type SchemaModel,
} from "../model/model.js";
import { layout } from "../model/module-files.js";
import { importPath } from "../model/paths.js";
import type { Conversion } from "../schema/conversion/create-conversion.js";
import { docComment, literal, objectKey } from "../schema/encode.js";
import { schemasIn } from "../schema/keywords.js";
import { readReference } from "../schema/reference.js";
import type { ValidatorCode } from "../schema/validate/compile.js";
import { arraySource, callSource, conversionSource, importSource, TypeScope } from "./encoders.js";
import { createCommandCalls, createModuleCalls } from "./option-calls.js";

/** The view of `schemas.gen.ts`. */
export function schemasGeneratedView(model: Model, validators: ValidatorCode) {
  const types = new TypeScope(model);
  return {
    imports: importSource(validators.imports, validationPackage),
    declarations: model.schemas.map((schema) => types.schema(schema)),
    validators: validators.text,
  };
}

/** The view of `<module>.gen.ts`. */
export function moduleGeneratedView(
  model: Model,
  module: ModuleModel,
  { validators, handshakeFields, requestDefaults, conversions }: CompiledModule,
) {
  const types = new TypeScope(model);
  const guards = listGuards(module);
  const handshake = module.handshake.map((part) => types.handshake(part, "schema"));
  const commands = module.commands.map((command) => ({
    wireName: command.wireName,
    optionsName: command.optionsName,
    options: arraySource(commandOptions(command, module, conversions)),
    contextType: command.contextType,
    commonContextType: module.commandContextType,
    guardTypes: guards.length === 0 ? "" : writeGuardTypes([...module.guards, ...command.guards]),
    requestDeclaration: types.request(command, requestDefaults.get(command.wireName)?.filled),
    replyDeclaration: types.reply(command),
  }));
  const events = module.events.map((event) => ({ dataDeclaration: types.event(event) }));
  const errors = module.errors.flatMap((error) =>
    error.details === undefined ? [] : [{ detailsDeclaration: types.error(error) }],
  );
  return {
    wireName: module.wireName,
    optionsName: module.optionsName,
    options: arraySource([
      ...createModuleCalls(module.config).map(callSource),
      ...guardOptions(module.guards, moduleGuardsSetter, module),
      ...handshakeOptions(module, handshakeFields),
      ...eventOptions(module, conversions),
      ...presenceOptions(module),
      contractOption(module),
    ]),
    handshake,
    contextType: module.contextType,
    commandContextType: module.commandContextType,
    connectContextType: module.connectContextType,
    contextTypes: contextTypes(module),
    flag: module.flag,
    hasPresence: module.presence !== undefined,
    publicState: types.publicState(module),
    publicStateType: module.publicStateType,
    presenceType: module.presenceType,
    connectionsName: module.connectionsName,
    imports: [
      importSource([...runtimeFunctions(module, conversions), ...runtimeTypes(module)], "wsgen-runtime"),
      importSource(
        [
          ...validators.imports,
          ...(module.commands.some(({ takesNoFields }) => takesNoFields) ? [noFieldsCheck] : []),
        ],
        validationPackage,
      ),
      importSource(
        [...[...types.used].map(({ typeName }) => `type ${typeName}`), ...validators.shared],
        importPath(module.files.generated, layout.schemas),
      ),
      ...guards.map((guard) =>
        importSource(
          [`${guard.functionName} as ${guard.localName}`],
          importPath(module.files.generated, guardFile(module, guard)),
        ),
      ),
    ].join(""),
    commands,
    events,
    hasEvents: events.length > 0,
    eventsType: module.eventsType,
    eventsName: module.eventsName,
    eventTypes: module.events.map((event) => ({
      doc: docComment([event.description], "  "),
      property: event.property,
      dataType: event.dataType,
    })),
    bindingTypes: [module.eventsType, ...replayedEvents(module)].join(", "),
    eventNames: module.events.map(({ property, wireName }) => ({ property, wireName })),
    sampleEvent: module.events[0]?.property ?? "",
    errors,
    hasErrors: module.errors.length > 0,
    errorsType: module.errorsType,
    errorsName: module.errorsName,
    errorTypes: module.errors.map((error) => ({
      doc: docComment(describeError(error), "  "),
      property: error.property,
      detailsType: error.details === undefined ? "undefined" : error.detailsType,
    })),
    errorRules: module.errors.map((error) => ({
      property: error.property,
      members: writeErrorRule(error, module, conversions).join(", "),
    })),
    sampleError: writeSample(module.errors[0]),
    validators: validators.text,
  };
}

/** The view of `<module>.contract.gen.ts`: what the inspector shows, as data. */
export const contractView = ({ schemas }: Model, { wireName, commands }: ModuleModel) => ({
  wireName,
  commands: commands.map(({ wireName: command, description, request, examples }) => ({
    key: objectKey(command),
    value: literal({
      ...(description === "" ? {} : { description }),
      ...(request === undefined ? {} : { request }),
      ...(examples.length === 0 ? {} : { examples: examples.map((example) => example.request) }),
    }),
  })),
  schemas: findReached(schemas, commands).map(({ wireName: schema, schema: value }) => ({
    key: objectKey(schema),
    value: literal(value),
  })),
});

/** The shared schemas that the requests lead to, directly or through others, in the order of the spec. */
function findReached(
  schemas: readonly SchemaModel[],
  commands: readonly CommandModel[],
): readonly SchemaModel[] {
  const reached = new Set<string>();
  const waiting = commands.flatMap(({ request }) => (request === undefined ? [] : [request]));
  for (let root = waiting.pop(); root !== undefined; root = waiting.pop()) {
    for (const { schema } of schemasIn(root)) {
      if (typeof schema !== "object" || typeof schema.$ref !== "string") continue;
      const reference = readReference(schema.$ref, root);
      if (reference.kind !== "shared" || reached.has(reference.name)) continue;
      reached.add(reference.name);
      waiting.push(
        ...schemas.flatMap(({ wireName, schema: target }) => (wireName === reference.name ? [target] : [])),
      );
    }
  }
  return schemas.filter(({ wireName }) => reached.has(wireName));
}

/** The call that gives the inspector the contract, which is loaded when it asks. */
const contractOption = ({ files }: ModuleModel): string =>
  `${contractSetter}(() => import(${literal(importPath(files.generated, files.contract))}))`;

const validationPackage = "wsgen-runtime/validation";

const runtimeTypes = ({ commands, guards }: ModuleModel): string[] => [
  "type CommandContext",
  "type ConnectContext",
  "type ContextTypes",
  ...(commands.length > 0 && listGuards({ commands, guards }).length > 0 ? ["type GuardedContext"] : []),
  "type WSContext",
  ...(commands.length > 0 ? ["type SetCommandConfig"] : []),
  "type SetWSServerConfig",
];

const commandOptions = (
  command: CommandModel,
  module: ModuleModel,
  { requests, replies }: Conversions,
): string[] => [
  ...conversionOption(requestConversionSetter, requests.get(command.wireName)),
  ...(command.request === undefined ? [] : [`${requestSetter}(${nameRequestCheck(command)})`]),
  ...conversionOption(replyConversionSetter, replies.get(command.wireName)),
  ...(command.reply === undefined ? [] : [`${replySetter}(${command.replyValidator})`]),
  ...(command.reply === undefined || !module.sendsKnownFields
    ? []
    : [`${fieldsSetter}(() => ${command.replyFieldsName})`]),
  ...guardOptions(command.guards, commandGuardsSetter, module),
  ...createCommandCalls(command.config).map(callSource),
];

const conversionOption = (setter: string, conversion: Conversion | undefined): string[] =>
  conversion === undefined ? [] : [`${setter}(${conversionSource(conversion)})`];

const conversionMember = (conversion: Conversion | undefined): string[] =>
  conversion === undefined ? [] : [`conversion: ${conversionSource(conversion)}`];

const nameRequestCheck = ({ takesNoFields, requestValidator }: CommandModel): string =>
  takesNoFields ? noFieldsCheck : requestValidator;

const noFieldsCheck = "refuseFields";
const requestConversionSetter = "setRequestConversion";
const replyConversionSetter = "setReplyConversion";
const requestSetter = "setRequestCheck";
const replySetter = "setReplyCheck";
const fieldsSetter = "setKnownFields";
const moduleGuardsSetter = "setGuards";
const commandGuardsSetter = "setCommandGuards";
const handshakeSetter = "setHandshakeChecks";
const eventsSetter = "setEvents";
const presenceSetter = "setPresence";
const contractSetter = "setContract";
const connectionsBinder = "bindConnections";
const eventsBinder = "bindEvents";
const errorsBinder = "bindErrors";

/**
 * The call that passes guards to the runtime; empty without guards. The list is in a function, because the files of the guards
 * import the generated file. The type argument refuses a guard of another module; `never` is a state of every type.
 */
const guardOptions = (
  guards: readonly GuardModel[],
  setter: string,
  { commandContextType }: ModuleModel,
): string[] => {
  const names = guards.map(({ localName }) => localName).join(", ");
  return guards.length === 0 ? [] : [`${setter}<${commandContextType}<never>>(() => [${names}])`];
};

const writeGuardTypes = (guards: readonly GuardModel[]): string =>
  `[${guards.map(({ localName }) => `typeof ${localName}`).join(", ")}]`;

/** The call that passes the checks of the handshake to the runtime; empty without checks. */
function handshakeOptions({ handshake }: ModuleModel, fields: HandshakeFields): string[] {
  const parts = handshake.flatMap(({ part, validator, isDeclared }) =>
    isDeclared
      ? [`    ${part}: { check: ${validator}, fields: ${literal(fields.get(part) ?? {})} as const },\n`]
      : [],
  );
  return parts.length === 0 ? [] : [`${handshakeSetter}({\n${parts.join("")}  })`];
}

/** The type argument of the contexts: the types of the handshake's parts, and of what a connection holds. */
const contextTypes = ({ handshake }: ModuleModel): string =>
  [...handshake.map(({ part, typeName }) => `${part}: ${typeName}`), "state: State"].join("; ");

/** The call that passes the rules of the module's events to the runtime; empty without rules. */
function eventOptions({ events, sendsKnownFields }: ModuleModel, conversions: Conversions): string[] {
  const rules = events.flatMap((event) => {
    const members = eventRule(event, sendsKnownFields, conversions.events.get(event.wireName));
    return members.length === 0 ? [] : [`    ${objectKey(event.wireName)}: { ${members.join(", ")} },\n`];
  });
  return rules.length === 0 ? [] : [`${eventsSetter}({\n${rules.join("")}  })`];
}

/** The call that passes the public state and the events of joins and leaves to the runtime; empty without presence. */
const presenceOptions = ({ presence }: ModuleModel): string[] => {
  if (presence === undefined) return [];
  const events = (["join", "leave"] as const).flatMap((key) =>
    presence[key] === undefined ? [] : [`, ${key}: ${literal(presence[key])}`],
  );
  return [`${presenceSetter}({ state: (ctx) => module.publicState(ctx)${events.join("")} })`];
};

/** The second type argument of the binding: the names in code of the replayed events, if any. */
function replayedEvents({ events }: ModuleModel): string[] {
  const names = events.flatMap(({ property, rules }) =>
    rules.replay === undefined ? [] : [literal(property)],
  );
  return names.length === 0 ? [] : [names.join(" | ")];
}

const eventRule = (
  { data, validator, fieldsName, rules }: EventModel,
  sendsKnownFields: boolean,
  conversion: Conversion | undefined,
): string[] => [
  ...(data === undefined ? [] : [`check: ${validator}`]),
  ...(data === undefined || !sendsKnownFields ? [] : [`fields: () => ${fieldsName}`]),
  ...conversionMember(conversion),
  ...Object.entries(rules).map(([key, { value }]) => `${key}: ${literal(value)}`),
];

const describeError = ({ description, retry, closeCode }: ErrorModel): string[] => [
  description,
  ...(retry === true ? ["The same request can succeed later."] : []),
  ...(closeCode === undefined ? [] : [`The connection is then closed with ${closeCode}.`]),
];

const writeErrorRule = (
  error: ErrorModel,
  { sendsKnownFields }: ModuleModel,
  { errors }: Conversions,
): string[] => [
  `code: ${literal(error.wireName)}`,
  `message: ${literal(error.description.replace(/\s+/g, " ").trim() || error.wireName)}`,
  ...(error.retry === undefined ? [] : [`retry: ${error.retry}`]),
  ...(error.closeCode === undefined ? [] : [`closeCode: ${error.closeCode}`]),
  ...(error.details === undefined ? [] : [`check: ${error.validator}`]),
  ...(error.details === undefined || !sendsKnownFields ? [] : [`fields: () => ${error.fieldsName}`]),
  ...conversionMember(errors.get(error.wireName)),
];

const writeSample = (error: ErrorModel | undefined): string =>
  error === undefined ? "" : `${error.property}(${error.details === undefined ? "" : "details"})`;

/** The functions of the runtime that the generated file calls, each once. */
function runtimeFunctions(module: ModuleModel, conversions: Conversions): string[] {
  const { commands, events } = module;
  const calls = [
    ...createModuleCalls(module.config),
    ...commands.flatMap(({ config }) => createCommandCalls(config)),
  ];
  const called = [connectionsBinder, contractSetter, ...calls.map(({ callee }) => callee)];
  if (commands.some(({ request }) => request !== undefined)) called.push(requestSetter);
  if (conversions.requests.size > 0) called.push(requestConversionSetter);
  if (conversions.replies.size > 0) called.push(replyConversionSetter);
  if (commands.some(({ reply }) => reply !== undefined)) {
    called.push(replySetter);
    if (module.sendsKnownFields) called.push(fieldsSetter);
  }
  if (module.guards.length > 0) called.push(moduleGuardsSetter);
  if (commands.some(({ guards }) => guards.length > 0)) called.push(commandGuardsSetter);
  if (module.handshake.some(({ isDeclared }) => isDeclared)) called.push(handshakeSetter);
  if (eventOptions(module, conversions).length > 0) called.push(eventsSetter);
  if (module.presence !== undefined) called.push(presenceSetter);
  if (events.length > 0) called.push(eventsBinder);
  if (module.errors.length > 0) called.push(errorsBinder);
  return [...new Set(called)];
}

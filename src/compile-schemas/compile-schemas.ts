import { type Diagnostic, failed, type Outcome, sortByPosition } from "../diagnostics/diagnostic.js";
import { addExcerpts } from "../diagnostics/source-text.js";
import type { CommandModel, LocateInSchema, Model, ModuleModel } from "../model/model.js";
import { type Conversion, createConversion } from "../schema/conversion/create-conversion.js";
import { type RequestDefaults, readRequestDefaults } from "../schema/conversion/request-defaults.js";
import { createFollow, type Follow, sharedPointer } from "../schema/reference.js";
import { compileValidators, type ValidatorCode, type ValidatorInput } from "../schema/validate/compile.js";
import { createValueChecker, type ValueChecker } from "../schema/value-checker.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";
import { checkBytes } from "./check-bytes.js";
import { checkRequestDefaults } from "./check-defaults.js";
import { checkExamples } from "./check-examples.js";
import { checkLatestFields, checkRequestFields } from "./check-fields.js";
import { checkHandshake } from "./check-handshake.js";
import { createCommandTests } from "./command-tests.js";
import {
  type HandshakeFields,
  type HandshakeSamples,
  makeHandshakeSamples,
  readHandshakeFields,
} from "./handshake-fields.js";

/** The validators and tests made from the schemas and examples of a model. */
export interface CompiledSchemas {
  /** The validators of the shared schemas. */
  readonly schemas: ValidatorCode;
  /** By the module's name on the wire. */
  readonly modules: ReadonlyMap<string, CompiledModule>;
  /** A valid value of each declared part of the handshake, by the module's name on the wire; of removed modules, too. */
  readonly handshakeSamples: ReadonlyMap<string, HandshakeSamples>;
}

export interface CompiledModule {
  /** The validators of requests, replies, events and the details of errors. */
  readonly validators: ValidatorCode;
  /** In the order of the commands. */
  readonly tests: readonly CommandTest[];
  /** How the texts of a handshake become values, by part and name. */
  readonly handshakeFields: HandshakeFields;
  /** By the command's name on the wire; of commands whose request has defaults. */
  readonly requestDefaults: ReadonlyMap<string, RequestDefaults>;
  readonly conversions: Conversions;
}

/** The conversions of a module's messages, by the name of the command or event, or the code of the error, on the wire. */
export interface Conversions {
  /** Of requests in the server: with their defaults. */
  readonly requests: ConversionsByName;
  /** Of requests in the client. */
  readonly sentRequests: ConversionsByName;
  readonly replies: ConversionsByName;
  readonly events: ConversionsByName;
  readonly errors: ConversionsByName;
}

type ConversionsByName = ReadonlyMap<string, Conversion>;

/** One test of a command. */
export interface CommandTest {
  /** The command's name on the wire. */
  readonly command: string;
  /**
   * - `example`: the reply equals that of the example, except for masks
   * - `failure`: the error is that of the example, except for masks
   * - `answer`: any valid reply
   * - `refusal`: the request is invalid, so the command does not run
   * - `todo`: no valid request could be made; the user must write one
   */
  readonly kind: "example" | "failure" | "answer" | "refusal" | "todo";
  /** The source of the request, unique within the command: `its example`, `its example 2`. */
  readonly source: string;
  readonly request: Json;
  /** Of an example. */
  readonly reply?: Json;
  /** Of a failure. */
  readonly error?: Json;
}

/**
 * Compiles every schema of the model, checks the examples and finds the tests. With an error there is no value: every
 * schema is enforced or refused.
 * @param before the model before the edit of the spec, with the modules that it removed
 */
export async function compileSchemas(model: Model, before?: Model): Promise<Outcome<CompiledSchemas>> {
  const shared = new SharedSchemas(model);
  const compiled = await compileAll(model, shared);
  if (compiled.value === undefined) return failed(compiled.diagnostics);
  const { schemas, validators } = compiled.value;
  const modules = new Map<string, CompiledModule>();
  for (const [module, code] of validators) {
    modules.set(module.wireName, {
      validators: code,
      tests: await createCommandTests(module, shared),
      handshakeFields: readHandshakeFields(module, shared),
      requestDefaults: new Map(
        module.commands.flatMap((command) => {
          const defaults = shared.readDefaults(command);
          return defaults === undefined ? [] : [[command.wireName, defaults] as const];
        }),
      ),
      conversions: createConversions(module, shared.follow),
    });
  }
  const handshakeSamples = new Map<string, HandshakeSamples>();
  for (const [from, all] of [
    [model, shared] as const,
    ...(before ? [[before, new SharedSchemas(before)] as const] : []),
  ]) {
    for (const module of from.modules) {
      if (!handshakeSamples.has(module.wireName))
        handshakeSamples.set(module.wireName, await makeHandshakeSamples(module, all));
    }
  }
  return { value: { schemas, modules, handshakeSamples }, diagnostics: [] };
}

/** The errors of the schemas, defaults and examples of a model, with which `compileSchemas` has no value. */
export const checkModelSchemas = async (model: Model): Promise<readonly Diagnostic[]> =>
  (await compileAll(model, new SharedSchemas(model))).diagnostics;

interface CompiledValidators {
  readonly schemas: ValidatorCode;
  readonly validators: ReadonlyMap<ModuleModel, ValidatorCode>;
}

async function compileAll(model: Model, shared: SharedSchemas): Promise<Outcome<CompiledValidators>> {
  const { follow, byPointer } = shared;
  const found: Diagnostic[] = [];
  const compile = async (inputs: readonly ValidatorInput[]): Promise<ValidatorCode> => {
    const compiled = await compileValidators(inputs, { shared: (pointer) => byPointer.get(pointer) });
    found.push(...compiled.diagnostics);
    return compiled.value ?? emptyCode;
  };
  const schemas = await compile(listSharedInputs(model));
  const validators = new Map<ModuleModel, ValidatorCode>();
  for (const module of model.modules) {
    validators.set(module, await compile(listModuleInputs(module)));
    found.push(...checkLatestFields(module, follow), ...checkRequestFields(module, follow));
  }
  if (found.length === 0) found.push(...checkBytes(model, shared));
  // Examples and defaults cannot be checked against a schema with a problem.
  if (found.length === 0) {
    found.push(...(await checkRequestDefaults(model, shared)));
    for (const module of model.modules) {
      found.push(...(await checkExamples(module, shared)), ...(await checkHandshake(module, shared)));
    }
  }
  if (found.length > 0) return failed(addExcerpts(sortByPosition(found), model.sources));
  return { value: { schemas, validators }, diagnostics: [] };
}

function createConversions({ commands, events, errors }: ModuleModel, follow: Follow): Conversions {
  const convertEach = (
    schemas: readonly (readonly [name: string, schema: JsonSchema | undefined])[],
    purpose: "bytes" | "defaults" = "bytes",
  ): ConversionsByName =>
    new Map(
      schemas.flatMap(([name, schema]) => {
        const conversion = schema === undefined ? undefined : createConversion(schema, follow, purpose);
        return conversion === undefined ? [] : [[name, conversion] as const];
      }),
    );
  const requests = commands.map(({ wireName, request }) => [wireName, request] as const);
  return {
    requests: convertEach(requests, "defaults"),
    sentRequests: convertEach(requests),
    replies: convertEach(commands.map(({ wireName, reply }) => [wireName, reply])),
    events: convertEach(events.map(({ wireName, data }) => [wireName, data])),
    errors: convertEach(errors.map(({ wireName, details }) => [wireName, details])),
  };
}

const emptyCode: ValidatorCode = { imports: [], shared: [], text: "" };

const listSharedInputs = ({ schemas, modules }: Model): readonly ValidatorInput[] => {
  const isKnown = modules.some(({ sendsKnownFields }) => sendsKnownFields);
  return schemas.flatMap((each) => toInput(each.validator, each.schema, { ...each, isKnown }));
};

const listModuleInputs = ({
  handshake,
  commands,
  events,
  errors,
  sendsKnownFields: isKnown,
}: ModuleModel) => [
  ...handshake.flatMap(({ validator, schema, isDeclared, locate }) =>
    isDeclared ? toInput(validator, schema, { locate }) : [],
  ),
  ...commands.flatMap((command) => [
    ...(command.takesNoFields
      ? []
      : toInput(command.requestValidator, command.request, { locate: command.locateRequest })),
    ...toInput(command.replyValidator, command.reply, {
      locate: command.locateReply,
      fieldsName: command.replyFieldsName,
      isKnown,
    }),
  ]),
  ...events.flatMap(({ validator, data, locateData, fieldsName }) =>
    toInput(validator, data, { locate: locateData, fieldsName, isKnown }),
  ),
  ...errors.flatMap(({ validator, details, locateDetails, fieldsName }) =>
    toInput(validator, details, { locate: locateDetails, fieldsName, isKnown }),
  ),
];

/** A schema as input for the compiler, with the name of its known fields if these are needed; empty without a schema. */
const toInput = (
  name: string,
  schema: JsonSchema | undefined,
  traits: {
    readonly locate?: LocateInSchema | undefined;
    readonly fieldsName?: string;
    readonly isKnown?: boolean;
  },
): readonly ValidatorInput[] =>
  schema === undefined
    ? []
    : [
        {
          name,
          schema,
          ...(traits.locate && { locate: traits.locate }),
          ...(traits.isKnown && { fieldsName: traits.fieldsName }),
        },
      ];

/** The shared schemas of a model. */
export class SharedSchemas {
  readonly byPointer: ReadonlyMap<string, Pick<ValidatorInput, "name" | "schema" | "fieldsName">>;
  /** Checks values against schemas. */
  readonly checker: ValueChecker;
  readonly #defaults = new Map<CommandModel, RequestDefaults | undefined>();

  constructor({ schemas }: Model) {
    this.byPointer = new Map(
      schemas.map(({ wireName, validator, schema, fieldsName }) => [
        sharedPointer(wireName),
        { name: validator, schema, fieldsName },
      ]),
    );
    this.checker = createValueChecker(new Map(schemas.map(({ wireName, schema }) => [wireName, schema])));
  }

  readonly follow: Follow = createFollow((pointer) => this.byPointer.get(pointer)?.schema);

  /** The defaults of a command's request; undefined without any. */
  readDefaults(command: CommandModel): RequestDefaults | undefined {
    if (!this.#defaults.has(command)) {
      const { request } = command;
      this.#defaults.set(
        command,
        request === undefined ? undefined : readRequestDefaults(request, this.follow),
      );
    }
    return this.#defaults.get(command);
  }

  /** The schema of what a client sends: properties with a default are not required. */
  readSentRequest = (command: CommandModel): JsonSchema | undefined =>
    this.readDefaults(command)?.sent ?? command.request;
}

import type {
  CommandModel,
  ErrorModel,
  EventModel,
  HandshakePartModel,
  Model,
  ModuleModel,
  SchemaModel,
} from "../model/model.js";
import type { Conversion } from "../schema/conversion/create-conversion.js";
import { commentText, docComment, lineWidth, literal } from "../schema/encode.js";
import { sharedPointer } from "../schema/reference.js";
import { printTypeDeclaration } from "../schema/type-text.js";
import type { HandshakePart, Json, JsonSchema } from "../spec-file/spec.js";
import type { OptionCall } from "./option-calls.js";

/** A call of a functional option as an expression. */
export const callSource = ({ callee, args }: OptionCall): string =>
  `${callee}(${args.map(literal).join(", ")})`;

/** A conversion as an expression of the runtime's type. */
export const conversionSource = (conversion: Conversion): string => literal(conversion as unknown as Json);

/** Expressions as an array; one per line if there are several. */
export function arraySource(sources: readonly string[]): string {
  if (sources.length < 2) return `[${sources.join("")}]`;
  return `[\n${sources.map((source) => `  ${source},\n`).join("")}]`;
}

/** Text for the inside of a comment of one line. */
export const oneLineComment = (text: string): string => commentText(text).replace(/\s+/g, " ");

/** Text as one line of Markdown, with every special character escaped. */
export const markdownText = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\\`*_[\]<>|&#!~]/g, (character) => `\\${character}`)
    .trim();

/** An import in a generated file: values and types (`type Message`), sorted; empty without names. */
export function importSource(names: readonly string[], from: string): string {
  if (names.length === 0) return "";
  const isTypeOnly = names.every((name) => name.startsWith(typeMark));
  const listed = (isTypeOnly ? names.map((name) => name.slice(typeMark.length)) : [...names]).sort(byName);
  const head = `import ${isTypeOnly ? "type " : ""}{`;
  const line = `${head} ${listed.join(", ")} } from ${literal(from)};\n`;
  if (line.length <= lineWidth) return line;
  return `${head}\n${listed.map((name) => `  ${name},\n`).join("")}} from ${literal(from)};\n`;
}

const typeMark = "type ";

const byName = (one: string, other: string): number => (sortKey(one) < sortKey(other) ? -1 : 1);

const sortKey = (name: string): string => name.replace(typeMark, "").toLowerCase();

interface ModelNames {
  /** The shared schemas by their references. */
  readonly shared: ReadonlyMap<string, SchemaModel>;
  /** The names of all types of the project. */
  readonly types: ReadonlySet<string>;
}

// Every module needs the names of all modules: without this cache the time would be quadratic.
const knownNames = new WeakMap<Model, ModelNames>();

function getNames(model: Model): ModelNames {
  const known = knownNames.get(model) ?? {
    shared: new Map(model.schemas.map((schema) => [sharedPointer(schema.wireName), schema])),
    types: new Set([
      ...model.schemas.map(({ typeName }) => typeName),
      ...model.modules.flatMap(({ contextType, commandContextType, handshake }) => [
        ...[contextType, commandContextType, ...handshake.map(({ typeName }) => typeName)],
      ]),
      ...model.modules.flatMap(({ presence, publicStateType, presenceType }) =>
        presence === undefined ? [] : [publicStateType, presenceType],
      ),
      ...model.modules.flatMap(({ errors, refusalType }) => (errors.length === 0 ? [] : [refusalType])),
      ...model.modules.flatMap(({ commands, events, errors }) => [
        ...commands.flatMap(({ requestType, replyType, errorType, contextType }) => [
          ...[requestType, replyType, errorType, contextType],
        ]),
        ...events.map(({ dataType }) => dataType),
        ...errors.map(({ detailsType }) => detailsType),
      ]),
    ]),
  };
  knownNames.set(model, known);
  return known;
}

const partTitles: Readonly<Record<HandshakePart, string>> = {
  params: "The parameters of the route.",
  query: "The query of the handshake.",
  headers: "Headers of the handshake.",
  cookies: "Cookies of the handshake.",
};

/** Prints the types of one generated file, without a final newline, and records the shared schemas that it refers to. */
export class TypeScope {
  readonly used = new Set<SchemaModel>();
  readonly #names: ModelNames;

  constructor(model: Model) {
    this.#names = getNames(model);
  }

  /** The type of a part of the handshake: what the client sends, or what the context has. */
  handshake({ typeName, part, ...schemas }: HandshakePartModel, side: "sent" | "schema"): string {
    return this.#declare(typeName, schemas[side], { description: partTitles[part] });
  }

  /** What other clients in a room see of a connection; empty without presence. */
  publicState({ publicStateType, presence, wireName }: ModuleModel): string {
    if (presence === undefined) return "";
    const description = `What other clients in a room of the module ${wireName} see of a connection.`;
    return this.#declare(publicStateType, presence.state, { description });
  }

  /** @param schema with the defaults, or what a client sends; default: as the spec has it */
  request(
    { requestType, request, wireName }: CommandModel,
    schema: JsonSchema | undefined = request,
  ): string {
    const description = `Request of the command ${wireName}.`;
    return this.#declare(requestType, schema, { description, absent: "Record<string, unknown>" });
  }

  reply({ replyType, reply, wireName }: CommandModel): string {
    return this.#declare(replyType, reply, { description: `Reply of the command ${wireName}.` });
  }

  event({ dataType, data, description, wireName }: EventModel): string {
    return this.#declare(dataType, data, { description: description || `Data of the event ${wireName}.` });
  }

  /** The details of an error that has some. */
  error({ detailsType, details, wireName }: ErrorModel): string {
    return this.#declare(detailsType, details, { description: `Details of the error ${wireName}.` });
  }

  schema({ typeName, schema, wireName }: SchemaModel): string {
    return this.#declare(typeName, schema, { description: `The shared schema ${wireName}.` });
  }

  /** @param absent the type if the spec has no schema */
  #declare(
    name: string,
    schema: JsonSchema | undefined,
    { description, absent = "unknown" }: { readonly description: string; readonly absent?: string },
  ): string {
    if (schema === undefined) return `${docComment([description])}export type ${name} = ${absent};`;
    const refs = (pointer: string): string | undefined => {
      const shared = this.#names.shared.get(pointer);
      if (shared !== undefined) this.used.add(shared);
      return shared?.typeName;
    };
    const isTaken = (wish: string) => this.#names.types.has(wish);
    return printTypeDeclaration({ name, schema, description, refs, isTaken }).trimEnd();
  }
}

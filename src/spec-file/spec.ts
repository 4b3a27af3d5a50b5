import type { Location } from "../diagnostics/diagnostic.js";
import type { SourceText } from "../diagnostics/source-text.js";
import type { EventRules } from "./event-rules.js";

/** A JSON value, as YAML 1.2's core schema gives it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export type JsonObject = { readonly [key: string]: Json };

/** A valid JSON Schema 2020-12. */
export type JsonSchema = boolean | { readonly [keyword: string]: Json };

/** The schema of a command without `request:`. It is recognized by its identity. */
export const noFields: JsonSchema = { type: "object", additionalProperties: false };

/** A value with its location in the spec. */
export interface Located<T> {
  readonly value: T;
  readonly at: Location;
}

/** A schema with the locations of its parts, for messages of later stages. */
export interface LocatedSchema extends Located<JsonSchema> {
  /** Finds the place of the value at a JSON Pointer (RFC 6901), or of the nearest enclosing value. */
  readonly locate?: (pointer: string) => Location;
}

/** The checked spec: defaults filled in, sizes in bytes, durations in seconds, order as written. */
export interface Spec {
  readonly name: Located<string>;
  readonly description: string;
  readonly schemas: readonly NamedSchema[];
  readonly modules: readonly ModuleSpec[];
  readonly client: ClientSpec;
  /** The texts that were read, which later stages quote in their diagnostics. */
  readonly sources?: readonly SourceText[];
}

/** Where the generated clients are written. */
export interface ClientSpec {
  /** The folder, relative to the project. It may begin with `../`. Undefined: the default. */
  readonly out: Located<string> | undefined;
  readonly extension: ImportExtension;
}

/** A path of a folder without `./` at the start and `/` at the end. */
export const normaliseFolder = (path: string): string => path.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");

/** The end of the path by which a client imports its core; `none` leaves it out. */
export const importExtensions = ["js", "ts", "none"] as const;
type ImportExtension = (typeof importExtensions)[number];

/** A shared schema: an entry of `schemas:`, or a schema of another file without such an entry. */
export interface NamedSchema {
  /** Its names in code follow from it. */
  readonly name: Located<string>;
  readonly schema: LocatedSchema;
  /**
   * Where a schema of another file is: `schemas/user.yaml#/User`. It is the name in `#/schemas/…` then. Undefined for an entry
   * of `schemas:`.
   */
  readonly from?: string;
}

/** The parts of a handshake that a spec can describe. */
export const handshakeParts = ["params", "query", "headers", "cookies"] as const;
export type HandshakePart = (typeof handshakeParts)[number];

export interface ModuleSpec {
  readonly name: Located<string>;
  /** The name in code that `as:` asks for. */
  readonly as: Located<string> | undefined;
  readonly description: string;
  readonly flag: Located<string>;
  readonly port: Located<number>;
  readonly urls: readonly Located<string>[];
  /** The schemas of `handshake:`, each of an object. */
  readonly handshake: { readonly [Part in HandshakePart]?: LocatedSchema };
  readonly presence: PresenceSpec | undefined;
  /** The names of the guards that run for every message. */
  readonly guards: readonly Located<string>[];
  /** Checked option values by the contract's name; empty without `config:`. */
  readonly config: readonly OptionValue[];
  readonly commands: readonly CommandSpec[];
  readonly events: readonly EventSpec[];
  /** Those that the module declares itself. */
  readonly errors: readonly ErrorSpec[];
}

/** What the clients in a room see of each other. */
export interface PresenceSpec {
  /** The schema of the public state. */
  readonly state: LocatedSchema;
  /** The names of events of the module. */
  readonly join: Located<string> | undefined;
  readonly leave: Located<string> | undefined;
}

export interface CommandSpec {
  readonly name: Located<string>;
  readonly as: Located<string> | undefined;
  readonly description: string;
  /** `noFields` without `request:`. Undefined: the command accepts any fields (`request: any`). */
  readonly request: LocatedSchema | undefined;
  /** Undefined: the command may return anything. */
  readonly reply: LocatedSchema | undefined;
  readonly config: readonly OptionValue[];
  /** The names of the guards that run after those of the module. */
  readonly guards: readonly Located<string>[];
  readonly errors: readonly CommandErrorSpec[];
  readonly examples: readonly CommandExample[];
}

/** An error that commands answer, by its code on the wire. */
export interface ErrorSpec {
  readonly name: Located<string>;
  readonly as: Located<string> | undefined;
  readonly description: string;
  /** Undefined: the error has no details. */
  readonly details: LocatedSchema | undefined;
  /** Whether the same request can succeed later; undefined: unknown. */
  readonly retry: boolean | undefined;
  /** Undefined: the connection stays open. */
  readonly closeCode: number | undefined;
}

export interface CommandErrorSpec extends ErrorSpec {
  /**
   * - `listed`: a code in a list, which the module declares
   * - `empty`: a code in a mapping with nothing after it: the module's error, or a new one without details
   * - `declared`: declared here
   */
  readonly form: "listed" | "empty" | "declared";
}

export interface CommandExample {
  readonly request: Json;
  /** May contain masks (`{ $any: date-time }`); undefined: any reply that matches the schema. */
  readonly reply: Json | undefined;
  /** Undefined: the command answers with a reply. */
  readonly error?: ExpectedError;
  readonly at: Location;
  /** Finds the place of the value at a JSON Pointer (RFC 6901) within the request. */
  readonly locateRequest?: (pointer: string) => Location;
  /** The same for the reply. */
  readonly locateReply?: (pointer: string) => Location;
}

/** The error that an example expects. */
export interface ExpectedError {
  readonly code: Located<string>;
  /** May contain masks; undefined: any details that match the schema. */
  readonly details: Json | undefined;
  /** Finds the place of the value at a JSON Pointer (RFC 6901) within the details. */
  readonly locateDetails?: (pointer: string) => Location;
}

export interface EventSpec {
  readonly name: Located<string>;
  readonly as: Located<string> | undefined;
  readonly description: string;
  readonly data: LocatedSchema | undefined;
  readonly rules: EventRules;
}

/** One entry of `config:`; `value` is normalised: sizes in bytes, durations in seconds. */
export interface OptionValue {
  readonly option: string;
  readonly value: Json;
  readonly at: Location;
}

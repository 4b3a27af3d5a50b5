import type { Location } from "../diagnostics/diagnostic.js";
import type { SourceText } from "../diagnostics/source-text.js";
import type { TreePath } from "../project-files/tree.js";
import type { EventRules } from "../spec-file/event-rules.js";
import type { CommandExample, HandshakePart, JsonSchema, OptionValue } from "../spec-file/spec.js";
import type { ModulePaths } from "./module-files.js";

/**
 * The project as code: every identifier, file name and path, computed once and checked.
 * Later stages and templates use these values and never build a name.
 */
export interface Model {
  readonly name: string;
  readonly description: string;
  readonly schemas: readonly SchemaModel[];
  readonly modules: readonly ModuleModel[];
  /** `src/main.ts`: the file that passes the modules to `newWebsocketServe(…)`. */
  readonly mainFile: TreePath;
  readonly clients: ClientFolder;
  /** The texts of the spec, which later stages quote in their diagnostics. */
  readonly sources?: readonly SourceText[];
}

/** Where the generated clients are written. */
export interface ClientFolder {
  /** `client`. It begins with `../` if it is outside the project. */
  readonly folder: TreePath;
  /** `client/wsgen-client.gen.ts`: the core of the clients. */
  readonly core: TreePath;
  /** `./wsgen-client.gen.js`: the path by which the clients import it. */
  readonly coreImport: string;
  /** The place in the spec, if it names the folder. */
  readonly at?: Location;
}

/** Finds the place in the spec of a value within a schema, by its JSON Pointer (RFC 6901). */
export type LocateInSchema = (pointer: string) => Location;

/** A shared schema: `schemas.Message` becomes the exported type `Message` of `src/schemas.gen.ts`. */
export interface SchemaModel {
  /** The name in `#/schemas/…`. */
  readonly wireName: string;
  /** Where a schema of another file is; undefined for an entry of `schemas:`. */
  readonly from?: string;
  readonly typeName: string;
  /** `validateMessage` */
  readonly validator: string;
  /** The constant with the fields of the schema. */
  readonly fieldsName: string;
  readonly schema: JsonSchema;
  readonly locate?: LocateInSchema;
}

export interface ModuleModel {
  readonly wireName: string;
  readonly description: string;
  readonly flag: string;
  readonly port: number;
  readonly urls: readonly string[];
  /** `ChatModule` */
  readonly className: string;
  /** The name under which its file exports it, if different: `default`, or another name. */
  readonly exportedAs?: string;
  /** `chat`: the stem of variables and of the generated constants. */
  readonly variable: string;
  /** `chatModuleOptions`: exported by the generated file, returned by `getWSServerConfig()`. */
  readonly optionsName: string;
  /** `chatConnections`: the generated function that gives the connections of the module. */
  readonly connectionsName: string;
  /** `chatEvents`: the generated function that gives typed events. */
  readonly eventsName: string;
  /** `ChatEvents`: the data type of each event, by the event's name in code. */
  readonly eventsType: string;
  /** `chatErrors`: the generated object with a function for each error. */
  readonly errorsName: string;
  /** `ChatErrors`: the type of each error's details, by the error's name in code. */
  readonly errorsType: string;
  /** `ChatRefusal`: the client's type of the errors with which a handshake is refused, if the module has errors. */
  readonly refusalType: string;
  /** `isChatRefusal`: the client's function that recognizes them. */
  readonly refusalGuard: string;
  /** `ChatContext`: the type of the context of `connect`, `close` and `disconnect`. */
  readonly contextType: string;
  /** `ChatCommandContext`: the type of the context of its commands. */
  readonly commandContextType: string;
  /** `ChatConnectContext`: the type of the context of `connect`. */
  readonly connectContextType: string;
  /** `ChatState`: the type of what a connection holds, in the module's file. */
  readonly stateType: string;
  /** `ChatPublicState`: the type of what other clients in a room see of a connection. */
  readonly publicStateType: string;
  /** `ChatPresence`: what the module's class must have if the spec has `presence:`. */
  readonly presenceType: string;
  readonly presence: PresenceModel | undefined;
  /** False: the module's file, which the user has written, does not export that type. */
  readonly hasState: boolean;
  /** The parts of a handshake whose types are known. */
  readonly handshake: readonly HandshakePartModel[];
  readonly client: ClientModel;
  /** Those that run for every message. */
  readonly guards: readonly GuardModel[];
  /** `src/modules/chat` */
  readonly folder: TreePath;
  /** Its files: `src/modules/chat/chat.module.ts` is `files.module`. */
  readonly files: ModulePaths;
  /** The spec's changes to the default envelope, for clients and tests. */
  readonly envelope: EnvelopeModel;
  /** `replyFields: known`: replies contain only fields that their schema names. */
  readonly sendsKnownFields: boolean;
  readonly config: readonly OptionValue[];
  readonly commands: readonly CommandModel[];
  readonly events: readonly EventModel[];
  /** Those of the module, then those that only a command declares. */
  readonly errors: readonly ErrorModel[];
  readonly at: Location;
}

/** What the clients in a room see of each other. */
export interface PresenceModel {
  /** The schema of the public state. */
  readonly state: JsonSchema;
  readonly locateState?: LocateInSchema;
  /** The names of events on the wire; undefined: none is sent. */
  readonly join: string | undefined;
  readonly leave: string | undefined;
}

/** A function of the user that lets messages in or refuses them. Its name is unique in the module. */
export interface GuardModel {
  readonly wireName: string;
  /** `loggedIn`: its name in its file. */
  readonly functionName: string;
  /** `loggedInGuard`: its name in the generated file. */
  readonly localName: string;
  /** `logged-in.guard.ts` */
  readonly fileName: string;
  readonly at: Location;
}

/** All guards of a module, each once: those of the module, then those that only commands have. */
export const listGuards = ({
  guards,
  commands,
}: Pick<ModuleModel, "guards" | "commands">): readonly GuardModel[] => [
  ...new Map(
    [...guards, ...commands.flatMap((command) => command.guards)].map((guard) => [guard.wireName, guard]),
  ).values(),
];

/** `src/modules/chat/guards/logged-in.guard.ts` */
export const guardFile = ({ folder }: Pick<ModuleModel, "folder">, { fileName }: GuardModel): TreePath =>
  `${folder}/guards/${fileName}`;

/** A part of the handshake, with the schema of an object. */
export interface HandshakePartModel {
  readonly part: HandshakePart;
  /** `ChatQuery` */
  readonly typeName: string;
  /** `validateChatQuery` */
  readonly validator: string;
  /** What a client sends. */
  readonly sent: JsonSchema;
  /** What the context has: fields with a default are always there. */
  readonly schema: JsonSchema;
  /** False: the spec has only the names of the route's parameters, which are strings. */
  readonly isDeclared: boolean;
  readonly locate?: LocateInSchema;
}

/** The names of a module's generated client. */
interface ClientModel {
  /** `ChatClient` */
  readonly typeName: string;
  /** `ChatContract` */
  readonly contractType: string;
  /** `createChatClient` */
  readonly createName: string;
  /** `ChatAddress`: the parameters and the query of its URL. */
  readonly addressType: string;
}

/** Absent members have the runtime's defaults: `command`, `id`, `json`. */
export interface EnvelopeModel {
  readonly command?: string;
  readonly correlation?: string;
  readonly codec?: "json" | "msgpack";
}

export interface CommandModel {
  readonly wireName: string;
  readonly description: string;
  /** `SayCommand` */
  readonly className: string;
  /** The name under which its file exports it, if different: `default`, or another name. */
  readonly exportedAs?: string;
  /** The type of its context: `SayContext` in a module with guards, otherwise that of all commands of the module. */
  readonly contextType: string;
  /** Those that run after the guards of the module. */
  readonly guards: readonly GuardModel[];
  /** `SayRequest` */
  readonly requestType: string;
  /** `SayReply` */
  readonly replyType: string;
  /** `sayOptions`: exported by the generated file, returned by `getConfigOption()`. */
  readonly optionsName: string;
  /** `validateSayRequest` */
  readonly requestValidator: string;
  /** `validateSayReply` */
  readonly replyValidator: string;
  /** The constant with the fields of the reply's schema. */
  readonly replyFieldsName: string;
  /** `SayError`: the client's type of the errors, if the command has any. */
  readonly errorType: string;
  /** `isSayError`: the client's function that recognizes them. */
  readonly errorGuard: string;
  /** `say`: the method of the generated client. */
  readonly clientMethod: string;
  /** `src/modules/chat/commands/say.command.ts` */
  readonly file: TreePath;
  /** Undefined: any fields. */
  readonly request: JsonSchema | undefined;
  /** The spec has no `request:`, so the schema above allows no fields. */
  readonly takesNoFields: boolean;
  /** Undefined: any value. */
  readonly reply: JsonSchema | undefined;
  readonly locateRequest?: LocateInSchema;
  readonly locateReply?: LocateInSchema;
  readonly config: readonly OptionValue[];
  /** Whether clients get the reply and the errors; the command's options can switch them off. */
  readonly sends: { readonly reply: boolean; readonly errors: boolean };
  /** The errors that the command declares, its own or the module's. */
  readonly errors: readonly ErrorModel[];
  readonly examples: readonly CommandExample[];
  readonly at: Location;
}

export interface EventModel {
  readonly wireName: string;
  readonly description: string;
  /** `message`: the property of the module's typed events. */
  readonly property: string;
  /** `MessageEventData`, because `MessageEvent` would collide with the type of the DOM. */
  readonly dataType: string;
  /** `validateMessageEventData` */
  readonly validator: string;
  /** The constant with the fields of the data's schema. */
  readonly fieldsName: string;
  readonly data: JsonSchema | undefined;
  readonly locateData?: LocateInSchema;
  readonly rules: EventRules;
  readonly at: Location;
}

/** A declared error. Its wire name is its code, which is unique in the module. */
export interface ErrorModel {
  readonly wireName: string;
  readonly description: string;
  /** `soldOut`: the property of the module's errors. */
  readonly property: string;
  /** `SoldOutErrorDetails` */
  readonly detailsType: string;
  /** `validateSoldOutErrorDetails` */
  readonly validator: string;
  /** The constant with the fields of the details' schema. */
  readonly fieldsName: string;
  /** Undefined: the error has no details. */
  readonly details: JsonSchema | undefined;
  readonly locateDetails?: LocateInSchema;
  readonly retry: boolean | undefined;
  readonly closeCode: number | undefined;
  readonly at: Location;
}

/**
 * The part of the project that a run updates. Generated files are always updated as a whole. The scope limits
 * which of the user's files may be created or edited, so that one broken file does not block work on another.
 */
export type Scope =
  | { readonly of: "project" }
  | { readonly of: "module"; readonly module: string }
  | { readonly of: "command"; readonly module: string; readonly command: string };

export const modulesInScope = (model: Model, scope: Scope): readonly ModuleModel[] =>
  scope.of === "project" ? model.modules : model.modules.filter(({ wireName }) => wireName === scope.module);

export const commandsInScope = (module: ModuleModel, scope: Scope): readonly CommandModel[] =>
  scope.of === "command"
    ? module.commands.filter(({ wireName }) => wireName === scope.command)
    : module.commands;

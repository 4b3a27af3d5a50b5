import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandExample, Json, JsonSchema } from "../spec/spec.js";
import type { TreePath } from "../tree/tree.js";

/**
 * The project as code: every identifier, file name and path, computed once and checked.
 * Later stages and templates use these values and never build a name.
 */
export interface Model {
  readonly name: string;
  readonly description: string;
  readonly schemas: readonly SchemaModel[];
  readonly modules: readonly ModuleModel[];
}

/** Where the value at a JSON Pointer (RFC 6901) within a schema stands in the spec. */
export type LocateInSchema = (pointer: string) => Location;

/** A shared schema: `schemas.Message` becomes the exported type `Message` of `src/schemas.gen.ts`. */
export interface SchemaModel {
  readonly wireName: string;
  readonly typeName: string;
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
  /** `chat`: the stem of variables and of the generated constants. */
  readonly variable: string;
  /** `chatModuleOptions`: exported by the generated file, returned by `getWSServerConfig()`. */
  readonly optionsName: string;
  /** `src/modules/chat` */
  readonly folder: TreePath;
  /** `src/modules/chat/chat.module.ts` */
  readonly moduleFile: TreePath;
  /** `src/modules/chat/chat.gen.ts` */
  readonly generatedFile: TreePath;
  /** `test/chat.test.ts` */
  readonly testFile: TreePath;
  readonly options: readonly OptionCall[];
  readonly commands: readonly CommandModel[];
  readonly events: readonly EventModel[];
  readonly at: Location;
}

export interface CommandModel {
  readonly wireName: string;
  readonly description: string;
  /** `SayCommand` */
  readonly className: string;
  /** `SayRequest` */
  readonly requestType: string;
  /** `SayReply` */
  readonly replyType: string;
  /** `sayOptions`: exported by the generated file, returned by `getConfigOption()`. */
  readonly optionsName: string;
  /** `src/modules/chat/commands/say.command.ts` */
  readonly file: TreePath;
  readonly request: JsonSchema | undefined;
  readonly reply: JsonSchema | undefined;
  readonly locateRequest?: LocateInSchema;
  readonly locateReply?: LocateInSchema;
  readonly options: readonly OptionCall[];
  readonly examples: readonly CommandExample[];
  readonly at: Location;
}

export interface EventModel {
  readonly wireName: string;
  readonly description: string;
  /** `message`: the property of the module's typed events. */
  readonly property: string;
  /** `MessageEvent` would meet the DOM's; so `MessageEventData`. */
  readonly dataType: string;
  readonly data: JsonSchema | undefined;
  readonly locateData?: LocateInSchema;
  readonly at: Location;
}

/** A call of one of the runtime's functional options: `setMaxMessageSize(16384)`. */
export interface OptionCall {
  readonly callee: string;
  readonly args: readonly Json[];
}

import type { Location } from "../diagnostics/diagnostic.js";
import type {
  CommandModel,
  ErrorModel,
  EventModel,
  LocateInSchema,
  Model,
  ModuleModel,
} from "../model/model.js";
import { readRequestDefaults } from "../schema/conversion/request-defaults.js";
import { createFollow, sharedPointer } from "../schema/reference.js";
import { escapeToken, isRecord } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";
import type { Direction } from "./compare-schemas.js";
import { SchemaDocument, type SchemaPlace } from "./schema/schema-place.js";

/** A module with its commands and events as the contract has them. */
export interface ModuleSide {
  readonly module: ModuleModel;
  readonly entries: readonly Entry[];
  readonly errors: readonly ErrorEntry[];
  readonly handshake: readonly HandshakeEntry[];
}

/** A part of the handshake, or one parameter of the routes, whose name clients do not see. */
export interface HandshakeEntry {
  /** `chat query`, `chat params boardId` */
  readonly where: string;
  readonly schema: SchemaPlace | undefined;
}

/** A declared error of a module. */
export interface ErrorEntry {
  /** `chat error sold_out` */
  readonly where: string;
  readonly error: ErrorModel;
  /** The schema of its details, if it has details. */
  readonly details: SchemaPlace | undefined;
}

/** A command or an event. */
export type Entry = CommandEntry | EventEntry;

interface CommonEntry {
  /** `chat.say` */
  readonly where: string;
  readonly name: string;
  readonly module: ModuleModel;
  /** By direction; undefined where any value is valid. */
  readonly schemas: ReadonlyMap<Direction, SchemaPlace | undefined>;
  readonly at: Location;
}

export interface CommandEntry extends CommonEntry {
  readonly kind: "command";
  readonly command: CommandModel;
}

export interface EventEntry extends CommonEntry {
  readonly kind: "event";
  readonly event: EventModel;
}

/** Whether the codec of a module has bytes. */
export const hasBytes = ({ envelope }: ModuleModel): boolean => envelope.codec === "msgpack";

/** Reads the modules of one of the two specs that are compared. */
export function readModules(model: Model): readonly ModuleSide[] {
  const shared = new Map<string, SchemaDocument>();
  for (const { wireName, schema, locate } of model.schemas) {
    shared.set(wireName, new SchemaDocument(schema, shared, locate));
  }
  const open = (schema: JsonSchema | undefined, locate: LocateInSchema | undefined) =>
    schema === undefined ? undefined : new SchemaDocument(schema, shared, locate).root;
  const pointers = new Map(model.schemas.map(({ wireName, schema }) => [sharedPointer(wireName), schema]));
  const follow = createFollow((pointer) => pointers.get(pointer));
  // Clients may leave out a required field with a default.
  const toSent = (request: JsonSchema | undefined) =>
    request && (readRequestDefaults(request, follow)?.sent ?? request);
  return model.modules.map((module) => ({
    module,
    entries: [
      ...module.commands.map((command): CommandEntry => {
        const { wireName: name, request, reply, locateRequest, locateReply, at } = command;
        const schemas = new Map([
          ["request" as const, open(toSent(request), locateRequest)],
          ["reply" as const, open(reply, locateReply)],
        ]);
        return { kind: "command", where: `${module.wireName}.${name}`, name, module, command, schemas, at };
      }),
      ...module.events.map((event): EventEntry => {
        const { wireName: name, data, locateData, at } = event;
        const schemas = new Map([["event" as const, open(data, locateData)]]);
        return { kind: "event", where: `${module.wireName}.${name}`, name, module, event, schemas, at };
      }),
    ],
    errors: module.errors.map((error) => ({
      where: `${module.wireName} error ${error.wireName}`,
      error,
      details: open(error.details, error.locateDetails),
    })),
    handshake: module.handshake.flatMap(({ part, sent, locate }): HandshakeEntry[] => {
      const where = `${module.wireName} ${part}`;
      if (part !== "params" || typeof sent !== "object" || !isRecord(sent.properties))
        return [{ where, schema: open(sent, locate) }];
      return Object.entries(sent.properties).map(([name, schema]) => {
        const inside = locate && ((pointer: string) => locate(`/properties/${escapeToken(name)}${pointer}`));
        return { where: `${where} ${name}`, schema: open(schema as JsonSchema, inside) };
      });
    }),
  }));
}

import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandModel, EventModel, Model, ModuleModel } from "../model/model.js";
import type { Direction } from "./compare-schemas.js";
import { SchemaDocument, type SchemaPlace } from "./schema/schema-place.js";

/** One of the two specs that are compared. */
export interface ContractSide {
  readonly modules: readonly ModuleSide[];
}

/** A module with its commands and events as the contract has them. */
export interface ModuleSide {
  readonly module: ModuleModel;
  readonly entries: readonly Entry[];
}

/** A command or an event. */
export interface Entry {
  readonly kind: "command" | "event";
  /** `chat.say` */
  readonly where: string;
  readonly name: string;
  readonly module: ModuleModel;
  /** Undefined for an event. */
  readonly command: CommandModel | undefined;
  /** Undefined for a command. */
  readonly event: EventModel | undefined;
  /** By direction; undefined where anything goes. */
  readonly schemas: ReadonlyMap<Direction, SchemaPlace | undefined>;
  readonly at: Location;
}

/** Reads a model as one side of the comparison. */
export function contractSide(model: Model): ContractSide {
  const shared = new Map<string, SchemaDocument>();
  for (const { wireName, schema, locate } of model.schemas) {
    shared.set(wireName, new SchemaDocument(schema, shared, locate));
  }
  return {
    modules: model.modules.map((module) => ({
      module,
      entries: [
        ...module.commands.map((command) => commandEntry(module, command, shared)),
        ...module.events.map((event) => eventEntry(module, event, shared)),
      ],
    })),
  };
}

type Shared = ReadonlyMap<string, SchemaDocument>;

function commandEntry(module: ModuleModel, command: CommandModel, shared: Shared): Entry {
  const { request, reply, locateRequest, locateReply } = command;
  const place = (schema: typeof request, locate: typeof locateRequest) =>
    schema === undefined ? undefined : new SchemaDocument(schema, shared, locate).root;
  return {
    kind: "command",
    where: `${module.wireName}.${command.wireName}`,
    name: command.wireName,
    module,
    command,
    event: undefined,
    schemas: new Map([
      ["request", place(request, locateRequest)],
      ["reply", place(reply, locateReply)],
    ]),
    at: command.at,
  };
}

function eventEntry(module: ModuleModel, event: EventModel, shared: Shared): Entry {
  const { wireName, data, locateData, at } = event;
  const place = data === undefined ? undefined : new SchemaDocument(data, shared, locateData).root;
  return {
    kind: "event",
    where: `${module.wireName}.${wireName}`,
    name: wireName,
    module,
    command: undefined,
    event,
    schemas: new Map([["event", place]]),
    at,
  };
}

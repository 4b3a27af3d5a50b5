import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { CommandModel, ModuleModel } from "../model/model.js";
import { escapeToken } from "../schema/pointer.js";
import { type FindShared, namedFields } from "./fields-of.js";

/**
 * A request's fields stand beside those of the envelope, which the server takes out of the message: one of the same name
 * would never reach the command.
 */
export function checkRequestFields({ commands, envelope }: ModuleModel, shared: FindShared): Diagnostic[] {
  const { command = "command", correlation = "id" } = envelope;
  const taken: readonly Taken[] = [
    { field: command, key: "command", use: "selects the command" },
    { field: correlation, key: "correlation", use: "tells replies apart" },
  ];
  return commands.flatMap((each) => {
    const fields = each.request === undefined ? undefined : namedFields(each.request, shared);
    return taken.filter(({ field }) => fields?.has(field)).map((field) => problem(each, field));
  });
}

interface Taken {
  readonly field: string;
  /** What the module's option `envelope` calls it. */
  readonly key: string;
  readonly use: string;
}

function problem({ wireName, locateRequest }: CommandModel, { field, key, use }: Taken): Diagnostic {
  const at = locateRequest?.(`/properties/${escapeToken(field)}`);
  return {
    code: "invalid-schema",
    severity: "error",
    message: `the request of ${JSON.stringify(wireName)} has a field ${JSON.stringify(field)}, but in a message that is the one that ${use}`,
    fix: `call it otherwise, or give the module's messages another one, with config: { envelope: { ${key}: … } }`,
    ...(at && { at }),
  };
}

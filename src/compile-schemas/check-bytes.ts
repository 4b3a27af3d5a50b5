import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import type { LocateInSchema, Model, ModuleModel } from "../model/model.js";
import { type BytesProblem, findBytesProblems, listEncoded } from "../schema/conversion/find-bytes.js";
import { schemasIn } from "../schema/keywords.js";
import type { RootedSchema } from "../schema/reference.js";
import { printPointer } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";
import type { SharedSchemas } from "./compile-schemas.js";

/** Reports `contentEncoding: base64` where it is not certain which values are bytes, and in handshakes, which are text. */
export function checkBytes({ schemas, modules }: Model, { follow }: SharedSchemas): readonly Diagnostic[] {
  const places = new Map<JsonSchema, LocateInSchema | undefined>(
    schemas.map(({ schema, locate }) => [schema, locate]),
  );
  const found = new Map<string, Diagnostic>();
  for (const { schema, locate: locateSchema, title, isText } of modules.flatMap(listUses)) {
    if (!places.has(schema)) places.set(schema, locateSchema);
    const start = { schema, root: schema };
    const problems = isText
      ? listEncoded(start, follow).map(reportInHandshake)
      : findBytesProblems(start, follow);
    for (const { part, keyword, message, fix } of problems) {
      const at = locate(part, keyword, places);
      const key = `${at?.file}:${at?.line}:${at?.column} ${message}`;
      // A shared schema can be in several messages; one of them is enough to understand it.
      if (found.has(key)) continue;
      const use = part.root === schema ? "" : ` (${title})`;
      found.set(key, problem("invalid-schema", { message: `${message.slice(0, -1)}${use}.`, fix, at }));
    }
  }
  return [...found.values()];
}

/** A schema of a module. */
interface Use {
  readonly schema: JsonSchema;
  readonly locate: LocateInSchema | undefined;
  /** `reply of 'say'` */
  readonly title: string;
  /** Its values are text on the wire. */
  readonly isText?: true;
}

function listUses({ handshake, commands, events, errors, wireName }: ModuleModel): readonly Use[] {
  const use = (
    schema: JsonSchema | undefined,
    locateSchema: LocateInSchema | undefined,
    title: string,
  ): Use[] => (schema === undefined ? [] : [{ schema, locate: locateSchema, title }]);
  return [
    ...handshake.map(
      ({ part, sent, locate: locatePart }): Use => ({
        ...{ schema: sent, locate: locatePart, title: `${part} of '${wireName}'`, isText: true },
      }),
    ),
    ...commands.flatMap((command) => [
      ...use(command.request, command.locateRequest, `request of '${command.wireName}'`),
      ...use(command.reply, command.locateReply, `reply of '${command.wireName}'`),
    ]),
    ...events.flatMap((event) => use(event.data, event.locateData, `event '${event.wireName}'`)),
    ...errors.flatMap((error) => use(error.details, error.locateDetails, `error '${error.wireName}'`)),
  ];
}

const reportInHandshake = (part: RootedSchema): BytesProblem => ({
  ...{ part, keyword: "contentEncoding" },
  message: "A handshake has no bytes (`contentEncoding: base64`): its values are text.",
  fix: "Remove `contentEncoding`, and decode the text in `connect`.",
});

function locate(
  { schema, root }: RootedSchema,
  keyword: string,
  places: ReadonlyMap<JsonSchema, LocateInSchema | undefined>,
) {
  for (const { schema: each, tokens } of schemasIn(root)) {
    if (each === schema) return places.get(root)?.(printPointer([...tokens, keyword]).slice(1));
  }
  return undefined;
}

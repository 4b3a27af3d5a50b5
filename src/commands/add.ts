import { hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, specPath } from "../run/global-options.js";
import type { CommandResult } from "../run/result.js";
import { addCommand, addEvent } from "../spec-file/edit-spec.js";
import { parseFields } from "../spec-file/field-shorthand.js";
import type { JsonSchema } from "../spec-file/spec.js";

interface AddCommandArguments {
  readonly module: string;
  readonly name: string;
  /** Fields in shorthand: `text:string`, `count:integer?`, `tags:string[]`. */
  readonly request: readonly string[] | undefined;
  readonly reply: readonly string[] | undefined;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** `wsgen add command`: adds a command to the spec, unless it is already there, and to the code. */
export const addCommandCommand = (
  args: AddCommandArguments,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add command",
      editSpec: (text) => addToSpec(text, args, specPath(options)),
      scope: { of: "command", module: args.module, command: args.name },
      next: (model) => {
        const module = model.modules.find(({ wireName }) => wireName === args.module);
        const command = module?.commands.find(({ wireName }) => wireName === args.name);
        return command === undefined ? [] : [`fill in ${command.file}`, "npm start"];
      },
    },
    options,
  );

function addToSpec(text: string, args: AddCommandArguments, file: string): Outcome<string> {
  const request = optionalFields(args.request);
  const reply = optionalFields(args.reply);
  const problems = [...request.diagnostics, ...reply.diagnostics];
  if (hasErrors(problems)) return { value: undefined, diagnostics: problems };
  return addCommand(text, {
    file,
    module: args.module,
    name: args.name,
    ...(args.as !== undefined && { as: args.as }),
    ...(args.description !== undefined && { description: args.description }),
    ...(request.value !== undefined && { request: request.value }),
    ...(reply.value !== undefined && { reply: reply.value }),
  });
}

const optionalFields = (fields: readonly string[] | undefined): Outcome<JsonSchema> =>
  fields === undefined ? { value: undefined, diagnostics: [] } : parseFields(fields);

interface AddEventArguments {
  readonly module: string;
  readonly name: string;
  /** Fields in shorthand: `text:string`, `sentAt:date-time`. */
  readonly data: readonly string[] | undefined;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** `wsgen add event`: adds an event to the spec, unless it is already there, and to the generated types. */
export const addEventCommand = (
  { module, name, data, as, description }: AddEventArguments,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add event",
      editSpec: (text) => {
        const schema = data === undefined ? { value: undefined, diagnostics: [] } : parseFields(data);
        if (hasErrors(schema.diagnostics)) return { value: undefined, diagnostics: schema.diagnostics };
        return addEvent(text, {
          file: specPath(options),
          module,
          name,
          ...(as !== undefined && { as }),
          ...(description !== undefined && { description }),
          ...(schema.value !== undefined && { data: schema.value }),
        });
      },
      scope: { of: "module", module },
    },
    options,
  );

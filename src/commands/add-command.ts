import { hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { addCommand } from "../spec/edit-spec.js";
import { parseFields } from "../spec/field-shorthand.js";
import type { JsonSchema } from "../spec/spec.js";
import { changeProject } from "./change-project.js";
import { type GlobalOptions, specPath } from "./global-options.js";
import type { CommandResult } from "./result.js";

export interface AddCommandArguments {
  readonly module: string;
  readonly name: string;
  /** Fields in shorthand: `text:string`, `count:integer?`, `tags:string[]`. */
  readonly request: readonly string[] | undefined;
  readonly reply: readonly string[] | undefined;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** `wsgen add command`: into the spec, unless it is there already, and into the code. */
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

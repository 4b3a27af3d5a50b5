import { failed, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import type { CommandResult } from "../run/result.js";
import { addCommand, addEvent } from "../spec-file/edit-spec.js";
import { parseFields } from "../spec-file/field-shorthand.js";
import type { JsonSchema } from "../spec-file/spec.js";

interface AddArguments {
  readonly module: string;
  readonly name: string;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** Fields in shorthand: `text:string`, `count:integer?`, `tags:string[]`. */
type Fields = readonly string[] | undefined;

/** `wsgen add command`: adds a command to the spec, unless it is already there, and to the code. */
export const addCommandCommand = (
  { module, name, as, description, ...fields }: AddArguments & Readonly<Record<"request" | "reply", Fields>>,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add command",
      editSpec: (text) => {
        const [request, reply] = [readFields(fields.request), readFields(fields.reply)];
        const diagnostics = [...request.diagnostics, ...reply.diagnostics];
        if (hasErrors(diagnostics)) return failed(diagnostics);
        const schemas = { request: request.value, reply: reply.value };
        return addCommand(text, { file: getSpecPath(options), module, name, as, description, ...schemas });
      },
      scope: { of: "command", module, command: name },
      next: ({ modules }) => {
        const owner = modules.find(({ wireName }) => wireName === module);
        const command = owner?.commands.find(({ wireName }) => wireName === name);
        return command === undefined ? [] : [`fill in ${command.file}`, "npm start"];
      },
    },
    options,
  );

/** `wsgen add event`: adds an event to the spec, unless it is already there, and to the generated types. */
export const addEventCommand = (
  { data, ...event }: AddArguments & { readonly data: Fields },
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add event",
      editSpec: (text) => {
        const { value, diagnostics } = readFields(data);
        if (hasErrors(diagnostics)) return failed(diagnostics);
        const { module, name, as, description } = event;
        return addEvent(text, { file: getSpecPath(options), module, name, as, description, data: value });
      },
      scope: { of: "module", module: event.module },
    },
    options,
  );

const readFields = (fields: Fields): Outcome<JsonSchema> =>
  fields === undefined ? { value: undefined, diagnostics: [] } : parseFields(fields);

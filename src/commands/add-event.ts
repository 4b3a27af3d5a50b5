import { hasErrors } from "../diagnostics/diagnostic.js";
import { addEvent } from "../spec/edit-spec.js";
import { parseFields } from "../spec/field-shorthand.js";
import { changeProject } from "./change-project.js";
import { type GlobalOptions, specPath } from "./global-options.js";
import type { CommandResult } from "./result.js";

export interface AddEventArguments {
  readonly module: string;
  readonly name: string;
  /** Fields in shorthand: `text:string`, `sentAt:date-time`. */
  readonly data: readonly string[] | undefined;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** `wsgen add event`: into the spec, unless it is there already, and into the generated types. */
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

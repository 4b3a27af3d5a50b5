import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { type CheckInput, checkPatterns } from "./check-patterns.js";
import { compile, type ValidatorCode } from "./validate/compile.js";

export type { ValidatorCode } from "./validate/compile.js";

/** A schema that gets a validator in the file. */
export interface ValidatorInput extends CheckInput {
  /** The name of the exported function, an identifier that the model computed: `validateSayRequest`. */
  readonly name: string;
  /** The name of the exported constant with the fields that the schema names; undefined: they are not asked for. */
  readonly fieldsName?: string | undefined;
}

/** What the file of the shared schemas exports for one of them. */
export interface SharedValidator extends Pick<ValidatorInput, "name" | "schema" | "fieldsName"> {}

export interface ValidatorContext {
  /**
   * The validator and the schema of a shared schema, by its reference (`#/schemas/Message`). A validator that is
   * one of the inputs is called as it is; any other is imported by the file.
   */
  readonly shared: (pointer: string) => SharedValidator | undefined;
  /** Names that constants and functions of the file may not take. */
  readonly isTaken?: (name: string) => boolean;
}

/**
 * Compiles JSON Schemas (2020-12) to the functions of one generated file: each
 * `(value: unknown) => ValidationProblem[] | undefined`, undefined for a valid value, at no cost but its time.
 * The schemas are those of a spec without errors. Patterns that can take too long are refused; there is no code then.
 */
export async function compileValidators(
  inputs: readonly ValidatorInput[],
  context: ValidatorContext,
): Promise<Outcome<ValidatorCode>> {
  const diagnostics = await checkPatterns(inputs);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return compileChecked(inputs, context);
}

function compileChecked(
  inputs: readonly ValidatorInput[],
  context: ValidatorContext,
): Outcome<ValidatorCode> {
  const units = inputs.map(toUnit);
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  const findShared = (pointer: string) => {
    const shared = context.shared(pointer);
    return shared && (byName.get(shared.name) ?? toUnit(shared));
  };
  const isTaken = (name: string) => byName.has(name) || context.isTaken?.(name) === true;
  const { code, tooIntricate } = compile({ units, findShared, isTaken });
  const refused = inputs.filter(({ name }) => tooIntricate.has(name)).map(tooIntricateSchema);
  return { value: refused.length > 0 ? undefined : code, diagnostics: refused };
}

const toUnit = ({ name, schema, fieldsName }: SharedValidator) => ({ name, root: schema, fieldsName });

const tooIntricateSchema = ({ name, locate }: ValidatorInput): Diagnostic => {
  const at = locate?.("");
  const message = `${name} cannot be compiled: its unevaluatedProperties or unevaluatedItems depends on too many schemas.`;
  const fix = "Use additionalProperties or items, or fewer references.";
  return { code: "invalid-schema", severity: "error", message, fix, ...(at && { at }) };
};

import { type Diagnostic, hasErrors, type Location, type Outcome } from "../diagnostics/diagnostic.js";
import type { JsonSchema } from "../spec/spec.js";
import { type CheckContext, checkSchema } from "./check-schema.js";
import { compile, type ValidatorCode } from "./validate/compile.js";
import { findCircles } from "./validate/reference-graph.js";

export type { ValidatorCode } from "./validate/compile.js";

/** A schema that gets a validator in the file. */
export interface ValidatorInput {
  /** The name of the exported function, an identifier that the model computed: `validateSayRequest`. */
  readonly name: string;
  readonly schema: JsonSchema;
  /** The name of the exported constant with the fields that the schema names; undefined: they are not asked for. */
  readonly fieldsName?: string | undefined;
  /** Where the value at a JSON Pointer (RFC 6901) within the schema stands in the spec. */
  readonly locate?: (pointer: string) => Location | undefined;
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

/** What `compileValidators` refuses, without compiling. No pattern was run before. */
export async function checkSchemas(
  inputs: readonly ValidatorInput[],
  isShared: (pointer: string) => boolean,
): Promise<readonly Diagnostic[]> {
  const patterns = new Set<string>();
  const check = (judge: CheckContext["judgePattern"]) =>
    inputs.flatMap((input) => checkSchema(input, { isShared, judgePattern: judge }));
  const found = check((pattern) => {
    patterns.add(pattern);
    return { kind: "polynomial", degree: 1 };
  });
  if (patterns.size === 0) return found;
  // It is large, so it is loaded where there is a pattern.
  const { judgePattern } = await import("./pattern/judge-pattern.js");
  return check(judgePattern);
}

/**
 * Compiles JSON Schemas (2020-12) to the functions of one generated file: each
 * `(value: unknown) => ValidationProblem[] | undefined`, undefined for a valid value, at no cost but its time.
 * What the functions cannot hold (`$dynamicRef`, unknown formats, patterns that can take too long) is
 * refused with an error; there is no code then.
 */
export async function compileValidators(
  inputs: readonly ValidatorInput[],
  context: ValidatorContext,
): Promise<Outcome<ValidatorCode>> {
  const diagnostics = await checkSchemas(inputs, (pointer) => context.shared(pointer) !== undefined);
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
  const circles = findCircles(units, findShared);
  const endless = inputs.flatMap((input) =>
    circles.endless
      .filter(({ unit }) => unit.name === input.name)
      .map(({ pointer }) => endlessCircle(input, pointer)),
  );
  if (endless.length > 0) return { value: undefined, diagnostics: endless };
  const isTaken = (name: string) => byName.has(name) || context.isTaken?.(name) === true;
  const { code, tooIntricate } = compile({ units, findShared, circles, isTaken });
  const refused = inputs.filter(({ name }) => tooIntricate.has(name)).map(tooIntricateSchema);
  return { value: refused.length > 0 ? undefined : code, diagnostics: refused };
}

const toUnit = ({ name, schema, fieldsName }: SharedValidator) => ({ name, root: schema, fieldsName });

const endlessCircle = (input: ValidatorInput, pointer: string): Diagnostic =>
  refusal(input, pointer.slice(1), {
    message: `the schema of ${input.name} refers to itself without ever reaching a part of the value`,
    fix: "let the circle go through properties or items",
  });

const tooIntricateSchema = (input: ValidatorInput): Diagnostic =>
  refusal(input, "", {
    message: `what ${input.name} says of unevaluated properties or items depends on too many schemas`,
    fix: "use additionalProperties or items, or fewer references",
  });

function refusal(
  { locate }: ValidatorInput,
  pointer: string,
  { message, fix }: { readonly message: string; readonly fix: string },
): Diagnostic {
  const at = locate?.(pointer);
  return { code: "invalid-schema", severity: "error", message, fix, ...(at && { at }) };
}

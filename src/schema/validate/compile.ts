import { type Diagnostic, failed, hasErrors, type Outcome, problem } from "../../diagnostics/diagnostic.js";
import { type CheckInput, checkPatterns } from "../check-patterns.js";
import { literal } from "../encode.js";
import { type Lines, uses } from "./code-lines.js";
import { printKnownFields } from "./emit-known-fields.js";
import { SchemaEmitter } from "./emit-schema.js";
import { TooComplex } from "./emit-unevaluated.js";
import { FileScope } from "./file-scope.js";
import { type Compilation, FunctionScope, type Target, type Unit } from "./function-scope.js";
import {
  type FindShared,
  findRecursive,
  followReference,
  getReferentKey,
  type Referent,
} from "./reference-graph.js";

/** A schema that gets a validator in the file. */
export interface ValidatorInput extends CheckInput, Unit {}

export interface ValidatorContext {
  /**
   * A shared schema and its validator, by its reference (`#/schemas/Message`). A validator that is one of the inputs is
   * called directly; any other one is imported by the file.
   */
  readonly shared: (pointer: string) => Unit | undefined;
  /** Names that constants and functions of the file cannot have. */
  readonly isTaken?: (name: string) => boolean;
}

/** The content of a file with validators. */
export interface ValidatorCode {
  /** Names to import from `wsgen-runtime/validation`, sorted; types are marked: `type ValidationProblem`. */
  readonly imports: readonly string[];
  /** Validators of shared schemas to import from their file, sorted. */
  readonly shared: readonly string[];
  /** Constants and functions, the validators exported; ends with a newline. Empty without schemas. */
  readonly text: string;
}

/**
 * Compiles JSON Schemas (2020-12) to the functions of one generated file: each
 * `(value: unknown) => ValidationProblem[] | undefined`, undefined for a valid value.
 * The schemas must have passed `checkSchemas`. Patterns that can take too long and schemas that are too complex are errors.
 * The same input gives the same text.
 */
export async function compileValidators(
  inputs: readonly ValidatorInput[],
  context: ValidatorContext,
): Promise<Outcome<ValidatorCode>> {
  const diagnostics = await checkPatterns(inputs);
  if (hasErrors(diagnostics)) return failed(diagnostics);
  const byName = new Map<string, Unit>(inputs.map((input) => [input.name, input]));
  const findShared = (pointer: string) => {
    const shared = context.shared(pointer);
    return shared && (byName.get(shared.name) ?? shared);
  };
  const file = new FileScope((name) => byName.has(name) || context.isTaken?.(name) === true);
  const queue = new TargetQueue(inputs, findShared, file);
  const tooComplex = new Set<string>();
  const constants = compileKnownFields(queue, tooComplex);
  // The list grows while it is walked.
  for (const { target, isExported } of queue.wanted) {
    if (!addCheck(target, isExported, queue)) tooComplex.add(target.unit.name);
  }
  const refused = inputs.filter(({ name }) => tooComplex.has(name)).map(reportTooComplex);
  if (refused.length > 0) return failed(refused);
  for (const constant of constants) file.addConstant(constant);
  const { text, helpers, imported } = file.finish();
  const types = [...(constants.length > 0 ? ["type KnownFields"] : []), "type ValidationProblem"];
  const imports = inputs.length === 0 ? [] : [...helpers, ...types];
  return { value: { imports, shared: imported, text }, diagnostics: [] };
}

const reportTooComplex = ({ name, locate }: ValidatorInput): Diagnostic =>
  problem("invalid-schema", {
    message: `The schema of '${name}' cannot be compiled: its unevaluatedProperties or unevaluatedItems depends on too many schemas.`,
    fix: "Use `additionalProperties` or `items`, or fewer references.",
    at: locate?.(""),
  });

/** The functions to write: the exported ones, and one for every part of a schema that is referred to. */
class TargetQueue implements Compilation {
  readonly file: FileScope;
  readonly inputs: readonly Unit[];
  readonly wanted: { readonly target: Target; readonly isExported: boolean }[] = [];
  readonly #findShared: FindShared;
  readonly #recursive: ReadonlySet<string>;
  readonly #known = new Map<string, Target>();

  constructor(inputs: readonly Unit[], findShared: FindShared, file: FileScope) {
    this.inputs = inputs;
    this.file = file;
    this.#findShared = findShared;
    this.#recursive = findRecursive(inputs, findShared);
    for (const unit of inputs) this.request({ unit, pointer: "#", schema: unit.schema });
  }

  /** The schema that a reference leads to. @throws {TypeError} for an unknown reference, which was refused before */
  follow(ref: string, unit: Unit): Referent {
    const referent = followReference(ref, unit, this.#findShared);
    if (referent === undefined) throw new TypeError(`unknown reference ${literal(ref)}`);
    return referent;
  }

  resolve(ref: string, unit: Unit): Target {
    return this.request(this.follow(ref, unit));
  }

  /** Whether the file has the functions of a unit itself. */
  isHere({ name }: Unit): boolean {
    return this.inputs.some((unit) => unit.name === name);
  }

  request(referent: Referent): Target {
    const { unit, pointer, schema } = referent;
    const key = getReferentKey(referent);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isRoot = pointer === "#";
    const isHere = this.isHere(unit);
    const isCircular = this.#recursive.has(key) && (isHere || !isRoot);
    const name = isRoot ? unit.name : this.file.freshName("check");
    const target = { name, schema, unit, isCircular };
    this.#known.set(key, target);
    if (isRoot && !isHere) this.file.imported.add(name);
    else this.wanted.push({ target, isExported: isRoot });
    return target;
  }
}

/** The constants with the known fields of the units that need them, and of the schemas to which these refer. */
function compileKnownFields(queue: TargetQueue, tooComplex: Set<string>): readonly string[] {
  const { file } = queue;
  const names = new Map<string, string>();
  const wanted: Referent[] = [];
  const request = (referent: Referent): string => {
    const key = getReferentKey(referent);
    const { unit, pointer } = referent;
    const own = pointer === "#" ? unit.fieldsName : undefined;
    const name = names.get(key) ?? own ?? file.freshName("fields");
    if (names.has(key)) return name;
    names.set(key, name);
    if (own === undefined || queue.isHere(unit)) wanted.push(referent);
    else file.imported.add(name);
    return name;
  };
  for (const unit of queue.inputs) {
    if (unit.fieldsName !== undefined) request({ unit, pointer: "#", schema: unit.schema });
  }
  const constants: string[] = [];
  // The list grows while it is walked.
  for (const referent of wanted) {
    const { unit, schema } = referent;
    const name = request(referent);
    const scope = new FunctionScope(queue, unit, { kind: "match", isCircular: false });
    const requestName = (ref: string): string => request(queue.follow(ref, unit));
    const fields = emitUnlessTooComplex(() =>
      printKnownFields(schema, { emitter: new SchemaEmitter(scope), nameOf: requestName }),
    );
    if (fields === undefined) tooComplex.add(unit.name);
    const isExported = name === unit.fieldsName;
    constants.push(`${isExported ? "export " : ""}const ${name}: KnownFields = ${fields};`);
  }
  return constants;
}

/** False if the schema is too complex to be compiled. */
function addCheck(target: Target, isExported: boolean, compilation: Compilation): boolean {
  const { name, schema, unit, isCircular } = target;
  const scope = new FunctionScope(compilation, unit, { kind: "check", isCircular });
  const checks = emitUnlessTooComplex(() =>
    new SchemaEmitter(scope).emit(schema, { value: "value", path: [] }),
  );
  if (checks === undefined) return false;
  const isEmpty = checks.length === 0;
  const parameters = `${uses(checks, "value") ? "value" : "_value"}: unknown${isCircular ? ", depth = 0" : ""}`;
  const head = `${isExported ? "export " : ""}function ${name}(${parameters}): ValidationProblem[] | undefined`;
  compilation.file.addFunction(head, isEmpty ? ["return undefined;"] : body(checks, scope));
  return true;
}

function emitUnlessTooComplex<T>(emit: () => T): T | undefined {
  try {
    return emit();
  } catch (error) {
    if (error instanceof TooComplex) return undefined;
    throw error;
  }
}

function body(checks: Lines, scope: FunctionScope): Lines {
  const start = ["let problems: ValidationProblem[] | undefined;"];
  if (scope.traits.isCircular) {
    const tooDeep = `${scope.helper("addProblem")}(undefined, "", "depth", "is nested too deeply")`;
    start.unshift(`if (${scope.helper("isTooDeep")}(depth)) return ${tooDeep};`);
  }
  return [...start, ...checks, "return problems;"];
}

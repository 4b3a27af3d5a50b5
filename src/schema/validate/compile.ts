import { literal } from "../encode.js";
import { type Lines, uses } from "./code-lines.js";
import { knownFields } from "./emit-known-fields.js";
import { SchemaEmitter } from "./emit-schema.js";
import { TooIntricate } from "./emit-unevaluated.js";
import { FileScope } from "./file-scope.js";
import { type Compilation, FunctionScope, type Target, type Unit } from "./function-scope.js";
import { findRecursive, follow, type Referent, referentKey } from "./reference-graph.js";

/** Checked schemas that become the validators of one file. */
export interface CheckedSchemas {
  readonly units: readonly Unit[];
  readonly findShared: (pointer: string) => Unit | undefined;
  readonly isTaken: (name: string) => boolean;
}

/** What a file with validators holds. */
export interface ValidatorCode {
  /** Names to import from `wsgen-runtime/validation`, sorted; types are marked: `type ValidationProblem`. */
  readonly imports: readonly string[];
  /** Validators of shared schemas to import from their file, sorted. */
  readonly shared: readonly string[];
  /** Constants and functions, the validators exported; ends with a newline. Empty without schemas. */
  readonly text: string;
}

export interface Compiled {
  readonly code: ValidatorCode;
  /** Names of the units that would give code without measure. */
  readonly tooIntricate: ReadonlySet<string>;
}

/** Writes one exported function per schema, and those that they need. Same input, same text. */
export function compile(schemas: CheckedSchemas): Compiled {
  const file = new FileScope(schemas.isTaken);
  const queue = new TargetQueue(schemas, file);
  for (const unit of schemas.units) queue.request({ unit, pointer: "#", schema: unit.root });
  const compilation: Compilation = { file, resolve: (ref, unit) => queue.resolve(ref, unit) };
  const tooIntricate = new Set<string>();
  const constants = compileKnownFields(schemas, compilation, tooIntricate);
  // The list grows while it is walked.
  for (const { target, isExported } of queue.wanted) {
    if (!addCheck(target, isExported, compilation)) tooIntricate.add(target.unit.name);
  }
  for (const constant of constants) file.addConstant(constant);
  const { text, helpers, imported } = file.finish();
  const isEmpty = schemas.units.length === 0;
  const types = [...(constants.length > 0 ? ["type KnownFields"] : []), "type ValidationProblem"];
  return { code: { imports: isEmpty ? [] : [...helpers, ...types], shared: imported, text }, tooIntricate };
}

/** The functions that are to be written: the exported ones, and every part of a schema that is referred to. */
class TargetQueue {
  readonly wanted: { readonly target: Target; readonly isExported: boolean }[] = [];
  readonly #schemas: CheckedSchemas;
  readonly #file: FileScope;
  readonly #names: ReadonlySet<string>;
  readonly #recursive: ReadonlySet<string>;
  readonly #known = new Map<string, Target>();

  constructor(schemas: CheckedSchemas, file: FileScope) {
    this.#schemas = schemas;
    this.#file = file;
    this.#names = new Set(schemas.units.map(({ name }) => name));
    this.#recursive = findRecursive(schemas.units, schemas.findShared);
  }

  resolve(ref: string, unit: Unit): Target {
    const referent = follow(ref, unit, this.#schemas.findShared);
    if (referent === undefined) return unknownReference(ref);
    return this.request(referent);
  }

  request(referent: Referent): Target {
    const { unit, pointer, schema } = referent;
    const key = referentKey(referent);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isRoot = pointer === "#";
    const isHere = this.#names.has(unit.name);
    const isCircular = this.#recursive.has(key) && (isHere || !isRoot);
    const name = isRoot ? unit.name : this.#file.freshName("check");
    const target = { name, schema, unit, isCircular };
    this.#known.set(key, target);
    if (isRoot && !isHere) this.#file.imported.add(name);
    else this.wanted.push({ target, isExported: isRoot });
    return target;
  }
}

/** The constants with the known fields of the units that ask for them, and of what these refer to. */
function compileKnownFields(
  { units, findShared }: CheckedSchemas,
  compilation: Compilation,
  tooIntricate: Set<string>,
): readonly string[] {
  const { file } = compilation;
  const names = new Map<string, string>();
  const wanted: Referent[] = [];
  const request = (referent: Referent): string => {
    const key = referentKey(referent);
    const { unit, pointer } = referent;
    const own = pointer === "#" ? unit.fieldsName : undefined;
    const name = names.get(key) ?? own ?? file.freshName("fields");
    if (names.has(key)) return name;
    names.set(key, name);
    const isHere = own === undefined || units.some((each) => each.name === unit.name);
    if (isHere) wanted.push(referent);
    else file.imported.add(name);
    return name;
  };
  for (const unit of units) {
    if (unit.fieldsName !== undefined) request({ unit, pointer: "#", schema: unit.root });
  }
  const constants: string[] = [];
  // The list grows while it is walked.
  for (const referent of wanted) {
    const { unit, schema } = referent;
    const name = request(referent);
    const scope = new FunctionScope(compilation, unit, { kind: "match", isCircular: false });
    const nameOf = (ref: string): string => {
      const to = follow(ref, unit, findShared);
      return to === undefined ? unknownReference(ref) : request(to);
    };
    const fields = unlessIntricate(() => knownFields(schema, { emitter: new SchemaEmitter(scope), nameOf }));
    if (fields === undefined) tooIntricate.add(unit.name);
    const isExported = name === unit.fieldsName;
    constants.push(`${isExported ? "export " : ""}const ${name}: KnownFields = ${fields};`);
  }
  return constants;
}

function unknownReference(ref: string): never {
  throw new TypeError(`unknown reference ${literal(ref)}`);
}

/** False when the schema is too intricate to be compiled. */
function addCheck(target: Target, isExported: boolean, compilation: Compilation): boolean {
  const { name, schema, unit, isCircular } = target;
  const scope = new FunctionScope(compilation, unit, { kind: "check", isCircular });
  const checks = unlessIntricate(() => new SchemaEmitter(scope).emit(schema, { value: "value", path: [] }));
  if (checks === undefined) return false;
  const isEmpty = checks.length === 0;
  const parameters = `${uses(checks, "value") ? "value" : "_value"}: unknown${isCircular ? ", depth = 0" : ""}`;
  const head = `${isExported ? "export " : ""}function ${name}(${parameters}): ValidationProblem[] | undefined`;
  compilation.file.addFunction(head, isEmpty ? ["return undefined;"] : body(checks, scope));
  return true;
}

function unlessIntricate<T>(emit: () => T): T | undefined {
  try {
    return emit();
  } catch (error) {
    if (error instanceof TooIntricate) return undefined;
    throw error;
  }
}

function body(checks: Lines, scope: FunctionScope): Lines {
  const start = ["let problems: ValidationProblem[] | undefined;"];
  if (scope.traits.isCircular) {
    const problem = `${scope.helper("addProblem")}(undefined, "", "depth", "is nested too deeply")`;
    start.unshift(`if (${scope.helper("isTooDeep")}(depth)) return ${problem};`);
  }
  return [...start, ...checks, "return problems;"];
}

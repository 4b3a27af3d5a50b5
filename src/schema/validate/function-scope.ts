import type { JsonSchema } from "../../spec-file/spec.js";
import { literal } from "../encode.js";
import { pathCode, type ValueLocation } from "./code-lines.js";
import type { FileScope } from "./file-scope.js";

/** A schema of the spec that is compiled. Its references start from it. */
export interface Unit {
  /** The name of the exported function, an identifier that the model computed: `validateSayRequest`. */
  readonly name: string;
  readonly schema: JsonSchema;
  /** The name of the exported constant with the fields that the schema names; undefined: the constant is not needed. */
  readonly fieldsName?: string | undefined;
}

/** A function that a reference is compiled to. */
export interface Target {
  /** The name of the function. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly unit: Unit;
  /** It may call itself, directly or not, and so counts its depth. */
  readonly isCircular: boolean;
}

/** The compilation to which a function belongs. */
export interface Compilation {
  readonly file: FileScope;
  /** The target of a reference. All references were checked before. */
  resolve(ref: string, unit: Unit): Target;
}

export interface FunctionTraits {
  readonly kind: "check" | "match";
  /** It belongs to a function that may call itself. */
  readonly isCircular: boolean;
}

/** The state that all scopes of one function share. */
interface FunctionState {
  readonly counts: Map<string, number>;
  usesDepth: boolean;
}

/**
 * One generated function while it is written. A check collects problems. A match only returns whether the value
 * matches.
 */
export class FunctionScope {
  readonly #state: FunctionState;

  constructor(
    readonly compilation: Compilation,
    readonly unit: Unit,
    readonly traits: FunctionTraits,
    state: FunctionState = { counts: new Map(), usesDepth: false },
  ) {
    this.#state = state;
  }

  /** The same function, for a schema whose references start elsewhere. */
  within(unit: Unit): FunctionScope {
    return new FunctionScope(this.compilation, unit, this.traits, this.#state);
  }

  /** The code calls a function that counts its depth. */
  get usesDepth(): boolean {
    return this.#state.usesDepth;
  }

  get file(): FileScope {
    return this.compilation.file;
  }

  helper(name: string): string {
    return this.file.helper(name);
  }

  /** The target of a reference within this schema. */
  resolve(ref: string): Target {
    return this.compilation.resolve(ref, this.unit);
  }

  /** A name of a local variable: `item1`. */
  variable(stem: string): string {
    const count = (this.#state.counts.get(stem) ?? 0) + 1;
    this.#state.counts.set(stem, count);
    return stem + count;
  }

  /** The statement that records a problem. */
  fail(place: ValueLocation, rule: string, message: string): string {
    return this.#fail(place, literal(rule), message);
  }

  /** The same for a value that is not bytes. Text there is not valid base64: the runtime has converted the rest. */
  failBytes(place: ValueLocation, message: string): string {
    return this.#fail(place, `typeof ${place.value} === "string" ? "contentEncoding" : "type"`, message);
  }

  #fail(place: ValueLocation, rule: string, message: string): string {
    if (this.traits.kind === "match") return "isMatch = false;";
    const args = `problems, ${pathCode(place.path)}, ${rule}, ${literal(message)}`;
    return `problems = ${this.helper("addProblem")}(${args});`;
  }

  /**
   * The statement that ends a match after a failure. It is not at the place of the failure: the
   * compiler would narrow the type of the value there, and report further tests of it as errors.
   */
  get leave(): readonly string[] {
    return this.traits.kind === "match" ? ["if (!isMatch) return false;"] : [];
  }

  /** `name(value)`, with the depth if it is counted. */
  call(target: { readonly name: string; readonly isCircular: boolean }, value: string): string {
    if (!target.isCircular || !this.traits.isCircular) return `${target.name}(${value})`;
    this.#state.usesDepth = true;
    return `${target.name}(${value}, depth + 1)`;
  }
}

/** The parts of the code generator call each other by this interface. */
export interface Emitter {
  readonly scope: FunctionScope;
  /** The same, for a schema whose references start elsewhere. */
  within(unit: Unit): Emitter;
  /** The statements that check a value. */
  emit(schema: JsonSchema, place: ValueLocation): readonly string[];
  /** The expression that is true when a value matches. */
  test(schema: JsonSchema, value: string): string;
}

import type { JsonSchema } from "../../spec-file/spec.js";
import { indented, type Lines, shortened, wordsIn } from "./code-lines.js";

/** Columns that generated statements try not to pass. */
const codeWidth = 110;

/** A function from a value to whether it matches. */
export interface Matcher {
  readonly name: string;
  /** It has a parameter for the depth of the value. */
  readonly isCircular: boolean;
}

interface Constant {
  readonly name: string;
  readonly declaration: string;
}

interface FileText {
  /** Constants, then functions; ends with a newline. */
  readonly text: string;
  readonly helpers: readonly string[];
  readonly imported: readonly string[];
}

/** The imports, constants and names that the functions of one generated file share. */
export class FileScope {
  /** Validators of other files that may be called. */
  readonly imported = new Set<string>();
  readonly #helpers = new Set<string>();
  readonly #isTaken: (name: string) => boolean;
  readonly #counts = new Map<string, number>();
  readonly #constants = new Map<string, Constant>();
  readonly #matchers = new Map<string, Map<JsonSchema, Matcher>>();
  readonly #functions: Lines[] = [];

  constructor(isTaken: (name: string) => boolean) {
    this.#isTaken = isTaken;
  }

  /** The name of a function of `wsgen-runtime/validation`, which is imported if it is used. */
  helper(name: string): string {
    this.#helpers.add(name);
    return name;
  }

  /** A name that is unique in the file: `pattern1`. */
  freshName(stem: string): string {
    let name: string;
    do {
      const count = (this.#counts.get(stem) ?? 0) + 1;
      this.#counts.set(stem, count);
      name = stem + count;
    } while (this.#isTaken(name));
    return name;
  }

  /** A constant of the file; the same expression is the same constant. `type` is for values from which none can be inferred. */
  constant(stem: string, code: string, type?: string): string {
    const known = this.#constants.get(code);
    if (known !== undefined) return known.name;
    const name = this.freshName(stem);
    this.#constants.set(code, {
      name,
      declaration: `const ${name}${type === undefined ? "" : `: ${type}`} = ${code};`,
    });
    return name;
  }

  /** The function that decides whether a value matches a schema; made for its first use. */
  matcher(owner: string, schema: JsonSchema, make: (name: string) => Matcher): Matcher {
    const known = this.#matchers.get(owner)?.get(schema);
    if (known !== undefined) return known;
    const matcher = make(this.freshName("matches"));
    const matchers = this.#matchers.get(owner) ?? new Map<JsonSchema, Matcher>();
    this.#matchers.set(owner, matchers.set(schema, matcher));
    return matcher;
  }

  addConstant(declaration: string): void {
    this.#functions.push([declaration]);
  }

  addFunction(head: string, body: Lines): void {
    this.#functions.push(shortened([`${head} {`, ...indented(body), "}"], codeWidth));
  }

  /** The text of the file. Only used names are imported and declared. */
  finish(): FileText {
    const words = wordsIn(this.#functions.flat());
    const isUsed = (name: string) => words.has(name);
    const constants = [...this.#constants.values()].filter(({ name }) => isUsed(name));
    const declarations = constants.length === 0 ? [] : [constants.map(({ declaration }) => declaration)];
    const text = [...declarations, ...this.#functions].map((lines) => `${lines.join("\n")}\n`).join("\n");
    return {
      text,
      helpers: [...this.#helpers].filter(isUsed).sort(),
      imported: [...this.imported].filter(isUsed).sort(),
    };
  }
}

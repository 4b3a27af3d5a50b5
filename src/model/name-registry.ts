import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { fixFor, type GivenName } from "./check-name.js";

/** A name of the spec with the identifiers and files that it becomes. */
export interface Claim {
  readonly given: GivenName;
  readonly at: Location;
  /** Compared exactly: TypeScript is case-sensitive. */
  readonly identifiers: readonly string[];
  /** Compared without case: many file systems are not case-sensitive. */
  readonly files: readonly string[];
}

/** Where names must not meet. A scope sees the names of the scope around it, as a file sees its imports. */
export class NameRegistry {
  readonly #outer: NameRegistry | undefined;
  readonly #owners = new Map<string, Claim>();

  constructor(outer?: NameRegistry) {
    this.#outer = outer;
  }

  /** Takes the names of a claim, or says which earlier one has one of them. */
  claim(claim: Claim): readonly Diagnostic[] {
    const keys = [
      ...claim.identifiers.map((name) => `id ${name}`),
      ...claim.files.map((file) => `file ${file.toLowerCase()}`),
    ];
    for (const key of keys) {
      const owner = this.ownerOf(key);
      if (owner) return [collision(claim, owner, key.slice(key.indexOf(" ") + 1))];
    }
    for (const key of keys) this.#owners.set(key, claim);
    return [];
  }

  /** The claim that has a name already, here or around. */
  private ownerOf(key: string): Claim | undefined {
    return this.#owners.get(key) ?? this.#outer?.ownerOf(key);
  }
}

function collision({ given, at }: Claim, owner: Claim, meeting: string): Diagnostic {
  const first = `the ${owner.given.kind} ${JSON.stringify(owner.given.name)} on line ${owner.at.line}`;
  return {
    code: "name-collision",
    severity: "error",
    message: `the ${given.kind} ${JSON.stringify(given.name)} and ${first} both become ${meeting}`,
    fix: fixFor(given, "2"),
    at,
  };
}

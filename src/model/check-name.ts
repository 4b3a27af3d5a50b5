import { type Diagnostic, type DiagnosticCode, type Location, problem } from "../diagnostics/diagnostic.js";
import type { ModuleSpec } from "../spec-file/spec.js";
import { type ConvertedName, convertName, deriveModuleNames, listClaimedNames } from "./names.js";
import { deviceNames, reservedWords, usedFunctions, usedTypes } from "./reserved-names.js";

export type NameKind = "module" | "command" | "event" | "error" | "schema" | "guard";

/** A name from the spec or the command line. */
export interface GivenName {
  readonly kind: NameKind;
  /** The name on the wire. */
  readonly name: string;
  /** The name in code that `as:` asks for. */
  readonly as?: string | undefined;
  /** The reference to a schema of another file, of which the name is a part: `schemas/user.yaml#/User`. */
  readonly from?: string | undefined;
}

/** Why a name cannot be used, and what to write instead. */
interface NameProblem {
  readonly code: DiagnosticCode & ("invalid-name" | "reserved-name");
  readonly message: string;
  readonly fix: string;
}

type NameRefusal = Omit<NameProblem, "fix">;

/**
 * The one check of a single name, in this order: not empty, stays inside the project, becomes an identifier,
 * is not reserved. Collisions with other names are checked by `NameScope`.
 */
export function checkName(given: GivenName): ConvertedName | NameProblem {
  const checked = convertChecked(given);
  return "code" in checked ? { ...checked, fix: suggestFix(given) } : checked;
}

/** The suggestion for a refused name, or, with `tail`, for a name that is already used. */
export function suggestFix({ kind, name, as, from }: GivenName, tail = ""): string {
  if (name === "") return "Write a name.";
  const pascal = (as ?? name)
    .replace(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .slice(0, maxLength / 2)
    .replace(/(?:^| )([A-Za-z0-9]?)/g, (_match, letter: string) => letter.toUpperCase());
  const start = /^[0-9]/.test(pascal) ? `V${pascal}` : pascal;
  const base = (kind === "guard" ? start.charAt(0).toLowerCase() + start.slice(1) : start) + tail;
  const examples = pascal === "" ? [] : [base, `${base}${suffixes[kind]}`];
  const example = examples.find(
    (one) => !("code" in convertChecked({ kind, name: one, as: hasAs(kind) ? one : undefined })),
  );
  const written = example ?? (kind === "guard" ? "loggedIn" : "LoginUser");
  if (from !== undefined)
    return `Give it a name below \`schemas:\` of the spec: \`${written}: { $ref: ${JSON.stringify(`./${from}`)} }\`.`;
  return !hasAs(kind)
    ? `Rename it, for example to ${written}.`
    : `Write \`as: ${written}\` below it, for example.`;
}

/** Whether a key `as:` can give such an item another name in code. */
const hasAs = (kind: NameKind): boolean => kind !== "schema" && kind !== "guard";

const suffixes: Readonly<Record<NameKind, string>> = {
  module: "Server",
  command: "Action",
  event: "Happened",
  error: "Failure",
  schema: "Data",
  guard: "Check",
};

/** File names may have 255 bytes on common systems; half of that leaves room for suffixes. */
const maxLength = 100;
/** `..` as a segment, an absolute path, a drive, or a NUL, at which C libraries end the string. */
const leavesFolder = /(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[A-Za-z]:[\\/]|\0/;

function convertChecked(given: GivenName): ConvertedName | NameRefusal {
  const { kind, name, as } = given;
  const what = as === undefined ? `The ${kind} name '${name}'` : `The name in code '${as}'`;
  if (name === "") return { code: "invalid-name", message: `The name of a ${kind} is empty.` };
  if (as === undefined && leavesFolder.test(name)) {
    return { code: "invalid-name", message: `${what} would lead out of the project.` };
  }
  const source = as ?? name;
  const converted = convertName(source, as !== undefined);
  if (converted === undefined) {
    const rule = "begins with a letter and has only letters a to z and digits";
    return { code: "invalid-name", message: `${what} cannot become an identifier, which ${rule}.` };
  }
  if (source.length > maxLength) {
    const message = `${what} has ${source.length} characters, expected at most ${maxLength}.`;
    return { code: "invalid-name", message };
  }
  const reason = findReservation(given, converted);
  return reason === undefined ? converted : { code: "reserved-name", message: `${what} ${reason}.` };
}

/** The names in code that follow from a module's name. */
function listDerivedNames(name: ConvertedName): readonly string[] {
  const own = deriveModuleNames(name, { code: "", clients: "" });
  return [...listClaimedNames(own).identifiers, own.errorsName];
}

function findReservation({ kind, name, as }: GivenName, converted: ConvertedName): string | undefined {
  const { camel, kebab, pascal } = converted;
  // In code a command's name always has a suffix; names of modules and events are also variables and properties.
  const isBare = kind === "module" || kind === "event" || kind === "error" || kind === "guard";
  if (reservedWords.has(as ?? name) || (isBare && reservedWords.has(camel))) return "is a reserved word";
  const isFile = kind === "module" || kind === "command" || kind === "guard";
  if (isFile && deviceNames.has(kebab)) return "is a device name on Windows";
  const derived = {
    command: [`${pascal}Command`],
    schema: [pascal],
    module: kind === "module" ? listDerivedNames(converted) : [],
    event: [],
    error: [],
    guard: [],
  }[kind];
  const hiddenFunction = derived.find((each) => usedFunctions.has(each));
  if (hiddenFunction !== undefined)
    return `would hide the function '${hiddenFunction}', which generated code uses`;
  const hiddenType = derived.find((each) => usedTypes.has(each));
  return hiddenType && `would hide the type '${hiddenType}', which generated code uses`;
}

/** An item of the spec with its name. */
type NamedSpec = Pick<ModuleSpec, "name"> & Partial<Pick<ModuleSpec, "as">> & Pick<GivenName, "from">;

/** The names in code that an item takes. */
interface Claim {
  /** Compared exactly: TypeScript is case-sensitive. */
  readonly identifiers: readonly string[];
  /** Compared without case: many file systems are not case-sensitive. */
  readonly files?: readonly string[];
}

/** A scope of unique names. A scope sees the names of the scope around it, as a file sees its imports. */
export class NameScope {
  /** The problems of this scope and of those within it. */
  readonly found: Diagnostic[];
  readonly #outer: NameScope | undefined;
  readonly #owners = new Map<string, GivenName & { readonly at: Location }>();

  constructor(outer?: NameScope) {
    this.#outer = outer;
    this.found = outer?.found ?? [];
  }

  /** Returns the converted name; undefined if it cannot be used, with the reason in `found`. */
  convert(kind: NameKind, { name, as, from }: NamedSpec): ConvertedName | undefined {
    const checked = checkName({ kind, name: name.value, as: as?.value, from });
    if (!("code" in checked)) return checked;
    this.found.push(problem(checked.code, { ...checked, at: as?.at ?? name.at }));
    return undefined;
  }

  /** Takes the names of an item, or reports the earlier item that has one of them. */
  claim(kind: NameKind, { name, as, from }: NamedSpec, { identifiers, files = [] }: Claim): void {
    const claimant = { kind, name: name.value, as: as?.value, from, at: as?.at ?? name.at };
    const keys = [
      ...identifiers.map((identifier) => `id ${identifier}`),
      ...files.map((file) => `file ${file.toLowerCase()}`),
    ];
    for (const key of keys) {
      const owner = this.findOwner(key);
      if (owner === undefined) continue;
      const file = owner.at.file === claimant.at.file ? "" : ` of ${owner.at.file}`;
      const first = `the ${owner.kind} '${owner.from ?? owner.name}' on line ${owner.at.line}${file}`;
      const message = `The ${kind} '${from ?? name.value}' and ${first} both become '${key.slice(key.indexOf(" ") + 1)}'.`;
      this.found.push(
        problem("name-collision", { message, fix: suggestFix(claimant, "2"), at: claimant.at }),
      );
      return;
    }
    for (const key of keys) this.#owners.set(key, claimant);
  }

  /** The item that already has a name, in this scope or one around it. */
  private findOwner(key: string): (GivenName & { readonly at: Location }) | undefined {
    return this.#owners.get(key) ?? this.#outer?.findOwner(key);
  }
}

import { escapeToken, schemaAt } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";
import { buildType, outermost } from "./build-type.js";
import { schemaDoc } from "./constraint-notes.js";
import { findNamesInCycles } from "./cycles.js";
import { docComment } from "./encode.js";
import { printMembers, printType, spaced } from "./print-type.js";
import { type TypeNode, word } from "./type-node.js";

export interface TypeDeclaration {
  /** The type's name in code, as the model computed it: `SayRequest`. */
  readonly name: string;
  readonly schema: JsonSchema;
  /** First lines of the doc comment, or empty. The schema's own title and description follow. */
  readonly description: string;
  /** The type name of a shared schema, by its reference: `#/schemas/Message`. */
  readonly refs: (pointer: string) => string | undefined;
  /** Names that types of `$defs` cannot have. They begin with `name`. */
  readonly isTaken?: (name: string) => boolean;
}

interface Declaration {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description: string;
  readonly type: TypeNode;
}

/** Types beyond this number are `unknown`. */
const maxTypes = 20_000;

/**
 * Prints the exported type of a schema, and after it those of the parts that it refers to
 * (`$defs/address` of `SayRequest` is `SayRequestAddress`). Same input, same text.
 */
export function printTypeDeclaration(declaration: TypeDeclaration): string {
  const declarations = breakCycles(collectDeclarations(declaration));
  return declarations.map(printDeclaration).join("\n");
}

/** Builds the types of the schema, and then of every part of it that a reference uses. */
function collectDeclarations({
  name,
  schema,
  description,
  refs,
  isTaken,
}: TypeDeclaration): readonly Declaration[] {
  const names = new Map([["", name]]);
  const used = new Set([name]);
  const wanted: (readonly string[])[] = [[]];
  const declare = (tokens: readonly string[]): string => {
    const key = tokens.map(escapeToken).join("/");
    const known = names.get(key);
    if (known !== undefined) return known;
    const preferred = name + pascalCase(tokens.at(-1) ?? "");
    const free = freeName(preferred, (text) => used.has(text) || isTaken?.(text) === true);
    used.add(free);
    names.set(key, free);
    wanted.push(tokens);
    return free;
  };
  const context = { root: schema, refs, declare, budget: { left: maxTypes } };
  const built: Declaration[] = [];
  for (const tokens of wanted) {
    const part = schemaAt(schema, tokens) ?? true;
    const type = buildType(part, context, outermost);
    built.push({
      name: declare(tokens),
      schema: part,
      description: tokens.length === 0 ? description : "",
      type,
    });
  }
  return built;
}

/** A name in code from a name on the wire: letters and digits only, so that it can always follow another. */
const pascalCase = (text: string): string =>
  text
    .split(/[^\p{L}\p{Nd}]+/u)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("") || "Part";

function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let count = 2; isTaken(free); count += 1) free = `${name}${count}`;
  return free;
}

function breakCycles(declarations: readonly Declaration[]): readonly Declaration[] {
  const names = new Set(declarations.map(({ name }) => name));
  const parts = (type: TypeNode) => new Set(findAliased(type).filter((name) => names.has(name)));
  const circles = findNamesInCycles(new Map(declarations.map(({ name, type }) => [name, parts(type)])));
  return declarations.map((declaration) =>
    circles.has(declaration.name)
      ? { ...declaration, type: word("unknown /* refers to itself */") }
      : declaration,
  );
}

/** The names that a type is an alias, a union or an intersection of. */
function findAliased(type: TypeNode): readonly string[] {
  if (type.kind === "word") return [type.text];
  return type.kind === "union" || type.kind === "intersection" ? type.parts.flatMap(findAliased) : [];
}

function printDeclaration({ name, schema, description, type }: Declaration): string {
  const own = schemaDoc(schema);
  const lines = description.trim();
  const doc = docComment(lines === "" || own.includes(lines) ? own : [lines, ...own]);
  if (type.kind === "object" && (type.members.length > 0 || type.index !== undefined)) {
    return `${doc}export interface ${name} {\n${printMembers(type, "  ")}}\n`;
  }
  const head = `export type ${name} =`;
  return `${doc}${head}${spaced(printType(type, { indent: "", taken: head.length + 2 }))};\n`;
}

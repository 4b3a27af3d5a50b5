import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import type { SourceText } from "../diagnostics/source-text.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { checkShape } from "./check-shape.js";
import { getOwnName, nameFile, type ReferencedFiles } from "./collect-files.js";
import type { DiagnosticCollector } from "./diagnostic-collector.js";
import { decodeText, parseYaml } from "./parse-yaml.js";
import type { SpecSource } from "./read-spec.js";
import {
  type FileReference,
  isFileReference,
  printFragment,
  type ReferenceProblem,
  readFileReference,
  readPointer,
} from "./reference-path.js";
import { isShortSchema } from "./short-schema.js";
import {
  type AliasBudget,
  buildSourceTree,
  getEntries,
  getItems,
  getMember,
  getText,
  type ScalarNode,
  type SourceNode,
} from "./source-tree.js";
import { specSchema } from "./spec-schema.js";

/** A schema of another file that the spec uses. It becomes a shared schema. */
export interface FileSchema extends FileReference {
  /** Its name in `#/schemas/…`: that of an entry of the spec, or `schemas/user.yaml#/User`. */
  readonly key: string;
  /** From which its name in code follows. */
  readonly name: string;
  /** The first reference to it. */
  readonly at: Location;
  readonly node: SourceNode;
  readonly source: SourceText;
  /** What the values of `$ref` within it become. */
  readonly links: Links;
}

/** The new text of each `$ref` to another schema, by its node. */
export type Links = ReadonlyMap<SourceNode, string>;

/** The result: the links of the spec itself, and the schemas that they lead to. */
export interface LinkedFiles {
  readonly links: Links;
  readonly schemas: readonly FileSchema[];
  /** The texts of the files that were read. */
  readonly sources: readonly SourceText[];
  /** The content of those that are YAML, by path. */
  readonly trees: ReadonlyMap<string, SourceNode>;
  /** The problems in these files. Those of the spec's own references are in its findings. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Follows the references from a spec to other files, and from these on. Each schema that one of them leads to becomes a
 * shared schema, so that later stages know no files.
 */
export function linkFiles(
  source: SpecSource,
  spec: { readonly root: SourceNode; readonly findings: DiagnosticCollector },
  references: Iterable<ScalarNode>,
): LinkedFiles {
  const linker = new FileLinker(source, spec);
  linker.nameEntries();
  const links = linker.follow(references);
  return { links, ...linker.finish() };
}

interface OpenFile {
  readonly path: string;
  readonly root: SourceNode;
  readonly findings: DiagnosticCollector;
}

/** A schema whose links are still being followed. */
type FoundSchema = FileSchema & { readonly links: Map<SourceNode, string> };

/** The schema that contains a reference; undefined for the spec itself. */
type Base = Pick<FileSchema, "path" | "tokens"> | undefined;

const schemaFormat = { $ref: "#/definitions/jsonSchema", definitions: specSchema.definitions } as const;

const sharedReference = (key: string): string => printFragment(["schemas", key]);

class FileLinker {
  readonly #source: SpecSource;
  readonly #files: ReferencedFiles;
  readonly #own: OpenFile;
  readonly #opened = new Map<string, OpenFile | undefined>();
  readonly #found: DiagnosticCollector[] = [];
  readonly #budget: AliasBudget = { aliasedNodes: 0 };
  /** By path and pointer. */
  readonly #schemas = new Map<string, FoundSchema>();
  readonly #waiting: { readonly schema: FoundSchema; readonly references: Iterable<ScalarNode> }[] = [];

  constructor(source: SpecSource, spec: Pick<OpenFile, "root" | "findings">) {
    this.#source = source;
    this.#files = source.files ?? new Map();
    this.#own = { path: getOwnName(source), ...spec };
  }

  /** Gives the schemas names that `schemas:` of the spec has for them: an entry with nothing but a `$ref` to a file. */
  nameEntries(): void {
    for (const [name, { node }] of getEntries(getMember(this.#own.root, "schemas"))) {
      const $ref = getMember(node, "$ref");
      const text = getText($ref);
      if ($ref === undefined || text === undefined || !isFileReference(text)) continue;
      if (node.kind !== "map" || node.entries.size > 1) continue;
      const reference = readFileReference(text, this.#own.path);
      if ("path" in reference && reference.path !== this.#own.path)
        this.#require(reference, $ref, { from: this.#own, entry: name });
    }
  }

  /** The links of the spec, and of every schema that they lead to. */
  follow(references: Iterable<ScalarNode>): Links {
    const links = new Map<SourceNode, string>();
    this.#link(references, undefined, links);
    // The list grows while it is walked.
    for (const { schema, references } of this.#waiting) this.#link(references, schema, schema.links);
    return links;
  }

  finish(): Omit<LinkedFiles, "links"> {
    return {
      schemas: [...this.#schemas.values()],
      sources: this.#found.map(({ source }) => source),
      trees: new Map([...this.#opened].flatMap(([path, file]) => (file ? [[path, file.root] as const] : []))),
      diagnostics: this.#found.flatMap((findings) => findings.sorted()),
    };
  }

  #link(references: Iterable<ScalarNode>, base: Base, links: Map<SourceNode, string>): void {
    const from = base === undefined ? this.#own : this.#opened.get(base.path);
    if (from === undefined) return;
    for (const node of references) {
      const text = getText(node) ?? "";
      const reference = isFileReference(text) ? readFileReference(text, from.path) : readOwn(text, base);
      if (reference === undefined) continue;
      const link = "path" in reference ? this.#findLink(reference, node, { from, base }) : reference;
      if (typeof link === "string") links.set(node, link);
      else {
        if (link !== undefined) from.findings.add(link.code, node.span, link.message, link.fix);
        // Later stages do not report a reference to a file again.
        if (!isFileReference(text)) links.set(node, `${from.path}${text}`);
      }
    }
  }

  /** What a `$ref` becomes; undefined or a problem if it leads nowhere. */
  #findLink(
    reference: FileReference,
    node: SourceNode,
    { from, base }: { readonly from: OpenFile; readonly base: Base },
  ): string | ReferenceProblem | undefined {
    const { path, tokens } = reference;
    if (path === this.#own.path) return this.#findEntry(tokens);
    const isInside =
      base?.path === path &&
      tokens.length > base.tokens.length &&
      base.tokens.every((token, index) => token === tokens[index]);
    if (isInside) {
      const found = findEntry(from.root, tokens);
      return found === undefined || !isSchemaNode(found.node)
        ? this.#reportNoSchema(reference, from)
        : printFragment(tokens.slice(base.tokens.length));
    }
    const schema = this.#require(reference, node, { from });
    return schema === undefined || "message" in schema ? schema : sharedReference(schema.key);
  }

  /** The link to a shared schema of the spec. */
  #findEntry(tokens: readonly string[]): string | ReferenceProblem {
    const [schemas, name, ...rest] = tokens;
    const entries = getMember(this.#own.root, "schemas");
    if (schemas === "schemas" && name !== undefined && rest.length === 0 && getMember(entries, name))
      return sharedReference(name);
    const names = getEntries(entries).map(([each]) => each);
    const suggestion = name === undefined ? undefined : suggest(name, names.slice(0, 200));
    const message = `${this.#source.file} has no shared schema at '${printFragment(tokens)}'${didYouMean(suggestion)}`;
    const fix =
      suggestion === undefined
        ? `Write \`${this.#own.path}#/schemas/Name\`, with the name of a schema below \`schemas:\`.`
        : `Write \`${this.#own.path}#/schemas/${suggestion}\`.`;
    return { code: "unknown-reference", message, fix };
  }

  /** The schema of another file, read for its first reference. */
  #require(
    reference: FileReference,
    node: SourceNode,
    { from, entry }: { readonly from: OpenFile; readonly entry?: string },
  ): FoundSchema | ReferenceProblem | undefined {
    const id = reference.path + (reference.tokens.length > 0 ? printFragment(reference.tokens) : "");
    const known = this.#schemas.get(id);
    if (known !== undefined) return known;
    const file = this.#open(reference.path);
    if (file === undefined || "message" in file) return file;
    const found = findEntry(file.root, reference.tokens);
    if (found === undefined || !isSchemaNode(found.node)) return this.#reportNoSchema(reference, file);
    const several = reference.tokens.length === 0 && reportSeveral(found.node, file);
    if (several) return several;
    const start = { tokens: reference.tokens, keySpan: found.keySpan };
    const references = checkShape(found.node, schemaFormat, file.findings, start);
    const schema = {
      ...reference,
      key: entry ?? id,
      name: entry ?? reference.tokens.at(-1) ?? getBaseName(reference.path),
      at: from.findings.source.locate(node.span),
      node: found.node,
      source: file.findings.source,
      links: new Map<SourceNode, string>(),
    };
    this.#schemas.set(id, schema);
    this.#waiting.push({ schema, references });
    return schema;
  }

  /** The file, or why it cannot be read; undefined if its own problems have been reported. */
  #open(path: string): OpenFile | ReferenceProblem | undefined {
    if (this.#opened.has(path)) return this.#opened.get(path);
    const name = nameFile(this.#source, path);
    const content = this.#files.get(path);
    if (content === undefined)
      return { code: "unknown-reference", message: `${name} was not found.`, fix: "Correct the path." };
    if (!(content instanceof Uint8Array)) return content;
    const findings = decodeText(name, content);
    this.#found.push(findings);
    const document = findings.hasErrors ? undefined : parseYaml(findings);
    const isYaml = document !== undefined && !findings.hasErrors;
    const file = isYaml
      ? { path, root: buildSourceTree(document.contents, findings, this.#budget), findings }
      : undefined;
    this.#opened.set(path, file);
    return file;
  }

  #reportNoSchema({ path, tokens }: FileReference, { root }: OpenFile): ReferenceProblem {
    const name = nameFile(this.#source, path);
    const pointer = printFragment(tokens);
    if (findEntry(root, tokens) !== undefined) {
      const what =
        tokens.length === 0 ? `${name} is not a schema` : `'${pointer}' in ${name} is not a schema`;
      const fix = "Let the reference lead to a mapping with keywords of JSON Schema, or to true or false.";
      return { code: "unknown-reference", message: `${what}.`, fix };
    }
    const parent = tokens.slice(0, -1);
    const names = getEntries(findEntry(root, parent)?.node).map(([each]) => each);
    const suggestion = suggest(tokens.at(-1) ?? "", names.slice(0, 200));
    const right = suggestion === undefined ? undefined : printFragment([...parent, suggestion]);
    return {
      code: "unknown-reference",
      message: `${name} has nothing at '${pointer}'${didYouMean(right)}`,
      fix:
        right === undefined
          ? "Write the keys that lead from the top of the file to the schema."
          : `Write the pointer \`${right}\`.`,
    };
  }
}

/** Reads a `$ref` that begins with `#`, which in another file starts at the top of that file. Undefined: it stays. */
function readOwn(text: string, base: Base): FileReference | undefined {
  const tokens = base === undefined ? undefined : readPointer(text.slice(1));
  return base === undefined || tokens === undefined ? undefined : { path: base.path, tokens };
}

/** A file without a fragment in the reference, although it has several schemas by name. */
function reportSeveral(node: SourceNode, { path, findings }: OpenFile): ReferenceProblem | undefined {
  if (!isShortSchema(node)) return undefined;
  const names = [...node.entries.keys()];
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
  return {
    code: "unknown-reference",
    message: `${findings.source.file} is not a schema: it has ${shown}, and the reference names none of them.`,
    fix: `Write \`${printFragment([names[0] ?? ""])}\` after ${path}, for example.`,
  };
}

const isSchemaNode = (node: SourceNode): boolean =>
  node.kind === "map" || (node.kind === "scalar" && typeof node.value === "boolean");

/** `schemas/user.yaml` → `user` */
const getBaseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");

interface FoundEntry {
  readonly node: SourceNode;
  readonly keySpan: SourceNode["span"];
}

/** The value at the tokens of a pointer, with its key. */
function findEntry(root: SourceNode, tokens: readonly string[]): FoundEntry | undefined {
  let found: FoundEntry | undefined = { node: root, keySpan: root.span };
  for (const token of tokens) found = found && findMember(found.node, token);
  return found;
}

function findMember(parent: SourceNode, token: string): FoundEntry | undefined {
  if (parent.kind === "map") return parent.entries.get(token);
  const item = /^(0|[1-9]\d*)$/.test(token) ? getItems(parent)[Number(token)] : undefined;
  return item && { node: item, keySpan: item.span };
}

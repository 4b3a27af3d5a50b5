import {
  getEntries,
  getItems,
  getMember,
  getText,
  type MapEntry,
  type ScalarNode,
  type SourceNode,
} from "./source-tree.js";

/** An entry to find in the spec. */
export interface SpecEntry {
  /** The name of the spec for messages. */
  readonly file: string;
  readonly kind: "module" | "command" | "event" | "error" | "guard" | "schema";
  /** The module that a command, an event, an error or a guard belongs to. */
  readonly module?: string;
  readonly name: string;
}

/** A name in the spec: the key of an entry, or a string. */
type Named = readonly [name: string, place: MapEntry | ScalarNode];

/**
 * The names of the entries of one kind, of a module if the kind has one: where they are declared, then where they are used.
 * A name that is used twice is there twice. References to schemas are left out: see `findReferences`.
 */
export function listNames(
  spec: SourceNode,
  { kind, module = "" }: Pick<SpecEntry, "kind" | "module">,
): readonly Named[] {
  const modules = getMember(spec, "modules");
  const owner = getMember(modules, module);
  const commands = getEntries(getMember(owner, "commands")).map(([, { node }]) => node);
  switch (kind) {
    case "module":
      return listKeys(modules);
    case "schema":
      return listKeys(getMember(spec, "schemas"));
    case "command":
      return listKeys(getMember(owner, "commands"));
    case "event": {
      const presence = getMember(owner, "presence");
      const uses = listTexts([getMember(presence, "join"), getMember(presence, "leave")]);
      return [...listKeys(getMember(owner, "events")), ...uses];
    }
    case "error":
      return [...listKeys(getMember(owner, "errors")), ...commands.flatMap(listErrors)];
    case "guard":
      return [owner, ...commands].flatMap((one) => listTexts(getItems(getMember(one, "guards"))));
  }
}

/** The codes of errors that a command has: declared, listed, and expected by its examples. */
function listErrors(command: SourceNode): readonly Named[] {
  const errors = getMember(command, "errors");
  const examples = getItems(getMember(command, "examples"));
  const expected = examples.map((example) => getMember(getMember(example, "error"), "code"));
  return [...listKeys(errors), ...listTexts([...getItems(errors), ...expected])];
}

const listKeys = (node: SourceNode | undefined): readonly Named[] => getEntries(node);

const listTexts = (nodes: readonly (SourceNode | undefined)[]): readonly Named[] =>
  nodes.flatMap((node) => {
    const text = getText(node);
    return text === undefined ? [] : [[text, node as ScalarNode] as const];
  });

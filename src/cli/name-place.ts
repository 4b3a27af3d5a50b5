/** A place of the command line where a name of the spec is expected. */
export interface NamePlace {
  readonly kind: "module" | "command" | "event";
  /** The module that a command or event belongs to. */
  readonly module?: string;
  /** The typed part of the name. */
  readonly current: string;
  readonly cwd: string | undefined;
  readonly spec: string | undefined;
}

/** The flag that every completion script passes: `wsgen --get-yargs-completions wsgen <words…>`, with the word to complete last. */
export const completionFlag = "--get-yargs-completions";

/** Reads the arguments of a completion script. Undefined if a command or an option is expected, not a name of the spec. */
export function namePlace(args: readonly string[]): NamePlace | undefined {
  const current = args.at(-1) ?? "";
  const { words, cwd, spec } = readWords(args.slice(2, -1));
  const [verb = "", kind = "", module, ...more] = words;
  const place = { current, cwd, spec };
  const isKind = kind === "module" || kind === "command" || kind === "event";
  if (current.startsWith("-") || !isKind || !["add", "rename", "remove"].includes(verb)) return undefined;
  if (module === undefined)
    return verb === "add" && kind === "module" ? undefined : { ...place, kind: "module" };
  if (verb === "add" || kind === "module" || more.length > 0) return undefined;
  return { ...place, kind, module };
}

/** Reads the words that are not options, and the two options that locate the spec. */
function readWords(args: readonly string[]): {
  words: string[];
  cwd: string | undefined;
  spec: string | undefined;
} {
  const words: string[] = [];
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const [, name = "", value] = /^--(cwd|spec)(?:=(.*))?$/.exec(arg) ?? [];
    if (name !== "") values.set(name, value ?? args[++index] ?? "");
    else if (!arg.startsWith("-")) words.push(arg);
  }
  return { words, cwd: values.get("cwd"), spec: values.get("spec") };
}

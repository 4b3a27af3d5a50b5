import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readOwnSpec, readSpecFile } from "../fs/read-spec-file.js";
import { listGuards, type ModuleModel } from "../model/model.js";
import { readModel } from "../read-model.js";
import { getSpecPath } from "../run/global-options.js";
import { listFields } from "../spec-file/find-fields.js";
import type { SpecSource } from "../spec-file/read-spec.js";

/**
 * Finds the names of the spec that complete the arguments of a completion script. Undefined if a command or an option is
 * expected there, not a name. Empty for an absent or invalid spec, because a completion cannot report errors.
 */
export async function completeNames(args: readonly string[]): Promise<readonly string[] | undefined> {
  const current = args.at(-1) ?? "";
  const { positionals, values } = parseArgs({
    args: args.slice(2, -1),
    options: { cwd: { type: "string" }, spec: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  const [verb = "", kind = "", module, ...more] = positionals;
  if (verb === "explain" && kind === "" && !current.startsWith("-")) {
    const { listCodes } = await import("../diagnostics/explain.js");
    return listCodes().filter((code) => code.startsWith(current));
  }
  if (current.startsWith("-") || !verbsOf.get(kind)?.includes(verb)) return undefined;
  const isWhole = kind === "module" || kind === "schema" || kind === "field";
  if (module !== undefined && (isWhole || verb === "add" || more.length > 0)) return undefined;

  const [cwd = ".", spec] = [values.cwd, values.spec].map((value) => value?.toString());
  const root = resolve(cwd);
  const read = await readSpecFile(root, getSpecPath({ spec, ownSpec: (await readOwnSpec(root)).value }));
  const found = read.value === undefined ? [] : listCompletions(read.value, [kind, module, current]);
  const names = found.filter((name) => name.startsWith(current));
  // In zsh a colon starts a description. Each completion script sets $SHELL to its own shell.
  return process.env.SHELL?.endsWith("zsh") ? names.map((name) => name.replaceAll(":", "\\:")) : names;
}

/** The commands that take the names of each kind. */
const verbsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["module", ["rename", "remove"]],
  ["command", ["add", "rename", "remove"]],
  ["event", ["add", "rename", "remove"]],
  ["error", ["rename"]],
  ["guard", ["rename"]],
  ["schema", ["rename"]],
  ["field", ["rename"]],
]);

function listCompletions(
  source: SpecSource,
  [kind, module, current]: readonly [kind: string, module: string | undefined, current: string],
): readonly string[] {
  if (kind === "field") return listFields(source, current);
  const model = readModel(source).value;
  const modules = model?.modules ?? [];
  const owner = modules.find(({ wireName }) => wireName === module);
  const schemas = model?.schemas.filter(({ from }) => from === undefined);
  const entries =
    kind === "schema" ? schemas : module === undefined ? modules : owner && listEntries(owner, kind);
  return (entries ?? []).map(({ wireName }) => wireName);
}

function listEntries(module: ModuleModel, kind: string): readonly { readonly wireName: string }[] {
  if (kind === "guard") return listGuards(module);
  return kind === "command" ? module.commands : kind === "error" ? module.errors : module.events;
}

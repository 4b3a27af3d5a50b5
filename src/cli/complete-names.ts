import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readOwnSpec, readSpecFile } from "../fs/read-spec-file.js";
import { readModel } from "../read-model.js";
import { getSpecPath } from "../run/global-options.js";

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
  const isSchema = kind === "schema" && verb === "rename" && module === undefined;
  const isKind = kind === "module" || kind === "command" || kind === "event" || isSchema;
  if (current.startsWith("-") || !isKind || !["add", "rename", "remove"].includes(verb)) return undefined;
  if (module === undefined && verb === "add" && kind === "module") return undefined;
  if (module !== undefined && (verb === "add" || kind === "module" || more.length > 0)) return undefined;

  const [cwd = ".", spec] = [values.cwd, values.spec].map((value) => value?.toString());
  const root = resolve(cwd);
  const read = await readSpecFile(root, getSpecPath({ spec, ownSpec: (await readOwnSpec(root)).value }));
  const model = read.value && readModel(read.value).value;
  const modules = model?.modules ?? [];
  const owner = modules.find(({ wireName }) => wireName === module);
  const schemas = model?.schemas.filter(({ from }) => from === undefined);
  const ofModule = kind === "command" ? owner?.commands : owner?.events;
  const entries = isSchema ? schemas : module === undefined ? modules : ofModule;
  const names = (entries ?? []).map(({ wireName }) => wireName).filter((name) => name.startsWith(current));
  // In zsh a colon starts a description. Each completion script sets $SHELL to its own shell.
  return process.env.SHELL?.endsWith("zsh") ? names.map((name) => name.replaceAll(":", "\\:")) : names;
}

import { resolve } from "node:path";
import { readOwnSpec, readSpecFile } from "../fs/read-spec-file.js";
import type { Model } from "../model/model.js";
import { readModel } from "../read-model.js";
import { specPath } from "../run/global-options.js";
import type { NamePlace } from "./name-place.js";

/**
 * Finds the names of the spec that complete a place. Empty for an absent or invalid spec, because a completion cannot
 * report errors.
 */
export async function completeNames(place: NamePlace): Promise<readonly string[]> {
  const root = resolve(place.cwd ?? ".");
  const read = await readSpecFile(
    root,
    specPath({ spec: place.spec, ownSpec: (await readOwnSpec(root)).value }),
  );
  const model = read.value && readModel(read.value).value;
  const names = model === undefined ? [] : namesOf(model, place);
  const found = names.filter((name) => name.startsWith(place.current));
  // In zsh a colon starts a description. Each completion script sets $SHELL to its own shell.
  return process.env.SHELL?.endsWith("zsh") ? found.map((name) => name.replaceAll(":", "\\:")) : found;
}

function namesOf({ modules }: Model, { kind, module }: NamePlace): readonly string[] {
  if (kind === "module") return modules.map(({ wireName }) => wireName);
  const found = modules.find(({ wireName }) => wireName === module);
  const entries = kind === "command" ? found?.commands : found?.events;
  return entries?.map(({ wireName }) => wireName) ?? [];
}

import { removeEntry } from "../spec/edit-spec.js";
import type { Orphan } from "../survey/find-orphans.js";
import { changeProject } from "./change-project.js";
import { type GlobalOptions, specPath } from "./global-options.js";
import type { CommandResult } from "./result.js";

/** A module, or a command or an event of one. */
export interface Subject {
  readonly kind: "module" | "command" | "event";
  readonly module: string;
  /** The name of the command or event; undefined for a module. */
  readonly name: string | undefined;
}

/** `wsgen remove`: out of the spec, the lists, the imports and the folder; refused where the user's code would go. */
export async function removeCommand(subject: Subject, options: GlobalOptions): Promise<CommandResult> {
  const { kind, module, name } = subject;
  const orphansBefore = new Set(await orphanPaths(options));
  return changeProject(
    {
      command: `remove ${kind}`,
      editSpec: (text) =>
        removeEntry(text, {
          file: specPath(options),
          kind,
          ...(name === undefined ? { name: module } : { module, name }),
        }),
      scope: kind === "module" ? { of: "project" } : { of: "module", module },
      // Only what this removal leaves behind; what was an orphan before is another matter.
      prune: (orphan: Orphan) => !orphansBefore.has(orphan.path),
    },
    options,
  );
}

async function orphanPaths(options: GlobalOptions): Promise<readonly string[]> {
  let paths: readonly string[] = [];
  await changeProject(
    {
      command: "list orphans",
      scope: { of: "project" },
      readOnly: true,
      review: async ({ orphans }) => {
        paths = orphans.map(({ path }) => path);
        return [];
      },
    },
    { ...options, force: true },
  );
  return paths;
}

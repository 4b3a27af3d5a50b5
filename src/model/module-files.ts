import type { TreePath } from "../project-files/tree.js";
import { guardFile, listGuards, type Model } from "./model.js";

/** The files of a generated project that belong to no module. */
export const layout = {
  spec: "wsgen.yaml",
  specSchema: "wsgen.schema.json",
  main: "src/main.ts",
  schemas: "src/schemas.gen.ts",
  clients: "client",
} as const;

/** The name of the core of the clients, without its extension. */
export const clientCore = "wsgen-client.gen";

/** The kind of a project file. wsgen replaces `generated` files; all others belong to the user once they exist. */
export type FileKind = "module" | "command" | "guard" | "generated" | "test";

/**
 * The files of each module, in the order of writing. Planning, the check of names, the scan of the code and
 * `rename` read this list. A new file of a module needs a line here, a template, and a view in `render.ts`. These places know
 * only TypeScript and need a change for any other file: `isRelevant` (`run-project-command.ts`) chooses which files are
 * read, `readKind` (`find-orphans.ts`) recognises files that the spec does not have, and `generated-header.ts` marks a
 * generated file with a comment. `locate-code.ts` follows imports, so it does not find such a file after a move.
 */
const table = {
  generated: {
    template: "module-gen",
    kind: "generated",
    path: (name, { code }) => `${code}/${name}.gen.ts`,
  },
  contract: {
    template: "module-contract",
    kind: "generated",
    path: (name, { code }) => `${code}/${name}.contract.gen.ts`,
  },
  client: {
    template: "client",
    kind: "generated",
    path: (name, { clients }) => `${clients}/${name}.client.gen.ts`,
  },
  generatedTest: {
    template: "module-gen-test",
    kind: "generated",
    path: (name) => `test/${name}.gen.test.ts`,
  },
  setup: { template: "module-test", kind: "test", path: (name) => `test/${name}.setup.ts` },
  module: { template: "module", kind: "module", path: (name, { code }) => `${code}/${name}.module.ts` },
} as const satisfies Record<string, ModuleFileRule>;

interface ModuleFileRule {
  /** Name of the template, without `.ts.hbs`. */
  readonly template: string;
  readonly kind: FileKind;
  /** The usual path, below `src`, `test` or the folder of the clients; `name` is the module's in kebab-case. */
  path(name: string, folders: ModuleFolders): TreePath;
}

/** The folders with files of a module. */
export interface ModuleFolders {
  /** The module's own: `src/modules/chat`. */
  readonly code: TreePath;
  /** The one of all clients. */
  readonly clients: TreePath;
}

type Role = keyof typeof table;
export type ModuleTemplate = (typeof table)[Role]["template"];

/** The path of each file of a module. */
export type ModulePaths = Readonly<Record<Role, TreePath>>;

export interface ModuleFile {
  readonly role: Role;
  readonly template: ModuleTemplate;
  readonly kind: FileKind;
  readonly path: TreePath;
}

const roles = Object.keys(table) as readonly Role[];

/** The files of a module, at their present places. */
export const moduleFiles = ({ files }: { readonly files: ModulePaths }): readonly ModuleFile[] =>
  roles.map((role) => ({ role, template: table[role].template, kind: table[role].kind, path: files[role] }));

const pathsFrom = (path: (role: Role) => TreePath): ModulePaths =>
  Object.fromEntries(roles.map((role) => [role, path(role)])) as Record<Role, TreePath>;

/** The usual paths of a module's files. */
export const usualPaths = (name: string, folders: ModuleFolders): ModulePaths =>
  pathsFrom((role) => table[role].path(name, folders));

/** The paths after a move. */
export const mapPaths = (paths: ModulePaths, move: (path: TreePath) => TreePath): ModulePaths =>
  pathsFrom((role) => move(paths[role]));

/** The files that belong to a spec. */
export function listFiles(model: Model): ReadonlyMap<TreePath, FileKind> {
  const files = new Map<TreePath, FileKind>();
  if (model.schemas.length > 0) files.set(layout.schemas, "generated");
  if (model.modules.length > 0) files.set(model.clients.core, "generated");
  for (const module of model.modules) {
    for (const { path, kind } of moduleFiles(module)) files.set(path, kind);
    for (const { file } of module.commands) files.set(file, "command");
    for (const guard of listGuards(module)) files.set(guardFile(module, guard), "guard");
  }
  return files;
}

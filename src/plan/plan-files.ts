import type { Edit } from "../edit/edit.js";
import {
  type CommandModel,
  commandsInScope,
  guardFile,
  listGuards,
  type Model,
  type ModuleModel,
  modulesInScope,
  type Scope,
} from "../model/model.js";
import { layout, moduleFiles } from "../model/module-files.js";
import { importPath } from "../model/paths.js";
import type { TreePath } from "../project-files/tree.js";
import type { PackageSpecs, View } from "../render/render.js";
import type { Listings } from "../scan/find-listings.js";
import type { Orphan, Registration } from "../scan/find-orphans.js";

/** The planned operation on one file, as data: a dry run shows it before anything is written. */
export type FileOperation = CreateFile | ReplaceFile | EditFile | DeleteFile;

/** Creates a file of the user. A file that already exists is left, without an error. */
interface CreateFile {
  readonly action: "create";
  readonly path: TreePath;
  readonly view: View;
}

/** Writes a generated file again. A file that was changed by hand is an error, unless forced. */
interface ReplaceFile {
  readonly action: "replace";
  readonly path: TreePath;
  readonly view: View;
}

/** Splices into a file of the user. A file that is broken or has another shape is an error with the lines to add. */
export interface EditFile {
  readonly action: "edit";
  readonly path: TreePath;
  readonly edits: readonly Edit[];
}

/** Deletes a file that no longer belongs to the spec. A file with the user's own code is an error, unless forced. */
export interface DeleteFile {
  readonly action: "delete";
  readonly path: TreePath;
  readonly kind: Orphan["kind"];
}

export interface Plan {
  readonly operations: readonly FileOperation[];
}

interface PlanInput {
  readonly model: Model;
  /** The managed files that exist now. */
  readonly existing: ReadonlySet<TreePath>;
  readonly scope: Scope;
  /** The present content of the lists, if their own files do not show it. */
  readonly listings?: Listings;
  /** Files to delete, because they no longer belong to the spec. */
  readonly orphans?: readonly Orphan[];
  /** Only for a new project: also plans package.json, README and the other files that are created once. */
  readonly packages?: PackageSpecs;
}

/** Plans the operation on each file, in a readable order. */
export function planFiles(input: PlanInput): Plan {
  const { model, packages } = input;
  const operations: FileOperation[] = [];
  if (packages !== undefined) operations.push(...planProjectFiles(model, packages));
  operations.push({ action: "replace", path: layout.specSchema, view: { template: "spec-schema" } });
  if (model.schemas.length > 0) {
    operations.push({ action: "replace", path: layout.schemas, view: { template: "schemas-gen", model } });
  }
  if (model.modules.length > 0) {
    operations.push({ action: "replace", path: model.clients.core, view: { template: "client-core" } });
  }
  for (const module of modulesInScope(model, input.scope)) operations.push(...planModule(module, input));
  operations.push(planMain(input));
  return { operations: addRemovals(operations, input.orphans ?? []) };
}

function planMain({ model, existing, scope, listings }: PlanInput): FileOperation {
  const { mainFile } = model;
  if (!existing.has(mainFile)) {
    return { action: "create", path: mainFile, view: { template: "main", model } };
  }
  const edits = modulesInScope(model, scope).flatMap(({ files, ...module }) =>
    createAdditions({ ...module, file: files.module }, mainFile, listings, (element) => ({
      edit: "add-serve-argument",
      callee: serveFunction,
      element,
    })),
  );
  return { action: "edit", path: mainFile, edits };
}

/** The edits that add a class to a list; empty if the list has it. */
function createAdditions(
  one: Pick<CommandModel, "file" | "className" | "exportedAs">,
  listFile: TreePath,
  listings: Listings | undefined,
  add: (element: string) => Edit,
): Edit[] {
  const { className: name, exportedAs, file } = one;
  const listing = listings?.of(listFile, one);
  if (listing?.isListed) return [];
  if (listing?.local !== undefined) return [add(listing.local)];
  const from = importPath(listFile, file);
  return [{ edit: "add-import", name, from, ...(exportedAs !== undefined && { exportedAs }) }, add(name)];
}

function planModule(module: ModuleModel, { model, existing, scope, listings }: PlanInput): FileOperation[] {
  const commands = commandsInScope(module, scope);
  return moduleFiles(module).flatMap(({ template, kind, path }): FileOperation[] => {
    const view = { template, model, module };
    if (kind === "generated") return [{ action: "replace", path, view }];
    if (kind !== "module") return [{ action: "create", path, view }];
    return [
      ...listGuards(module).map(
        (guard): FileOperation => ({
          action: "create",
          path: guardFile(module, guard),
          view: { template: "guard", module, guard },
        }),
      ),
      ...commands.map(
        (command): FileOperation => ({
          action: "create",
          path: command.file,
          view: { template: "command", module, command },
        }),
      ),
      existing.has(path) ? editModule(module, commands, listings) : { action: "create", path, view },
    ];
  });
}

function editModule(
  module: ModuleModel,
  commands: readonly CommandModel[],
  listings: Listings | undefined,
): FileOperation {
  const { className, flag: moduleFlag } = module;
  const path = module.files.module;
  const setLiteral = (method: string, value: string | number | readonly string[]) =>
    ({ edit: "set-literal", className, moduleFlag, method, value }) as const;
  return {
    action: "edit",
    path,
    edits: [
      ...commands.flatMap((command) =>
        createAdditions(command, path, listings, (element) => ({
          edit: "add-list-element",
          className,
          moduleFlag,
          method: "getCommandList",
          element,
        })),
      ),
      setLiteral("handshakeURL", module.urls),
      setLiteral("getModuleFlag", module.flag),
      setLiteral("getServerPort", module.port),
    ],
  };
}

/**
 * The files that are created once in a new project, by path and name of their template.
 * npm drops a file called `.gitignore` from a package, so the templates of dotfiles start with `_`.
 */
const projectTemplates: readonly (readonly [path: string, template: string])[] = [
  ["package.json", "package.json"],
  ["tsconfig.json", "tsconfig.json"],
  ["test/run.mjs", "run-tests.mjs"],
  ["README.md", "README.md"],
  ["Dockerfile", "Dockerfile"],
  [".dockerignore", "_dockerignore"],
  [".editorconfig", "_editorconfig"],
  [".gitignore", "_gitignore"],
  [".prettierignore", "_prettierignore"],
];

const planProjectFiles = (model: Model, packages: PackageSpecs): readonly CreateFile[] =>
  projectTemplates.map(([path, name]) => ({
    action: "create",
    path,
    view: { template: "project-file", name, model, packages },
  }));

/** The runtime function to which `main.ts` passes the modules. */
const serveFunction = "newWebsocketServe";

/** Adds the operations that remove orphans: their files, list elements and imports. */
function addRemovals(
  operations: readonly FileOperation[],
  orphans: readonly Orphan[],
): readonly FileOperation[] {
  const gone = new Set(orphans.map(({ path }) => path));
  const registrations = orphans
    .flatMap((orphan) => orphan.registrations)
    .filter(({ file }) => !gone.has(file));
  return [
    ...operations.map((operation) => addOwnRemovals(operation, registrations)),
    ...orphans.map(({ path, kind }) => ({ action: "delete", path, kind }) as const),
  ];
}

function addOwnRemovals(operation: FileOperation, registrations: readonly Registration[]): FileOperation {
  if (operation.action !== "edit") return operation;
  const own = registrations.filter(({ file }) => file === operation.path);
  return own.length === 0
    ? operation
    : { ...operation, edits: [...own.flatMap(createRemovals), ...operation.edits] };
}

const createRemovals = ({ listOwner, element }: Registration): Edit[] => [
  listOwner === undefined
    ? { edit: "remove-serve-argument", callee: serveFunction, element }
    : { edit: "remove-list-element", className: listOwner, method: "getCommandList", element },
  { edit: "remove-import", name: element.split(".").at(-1) ?? element },
];

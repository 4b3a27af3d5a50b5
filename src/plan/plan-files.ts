import type { Edit } from "../edit/edit.js";
import { importPath } from "../model/import-path.js";
import { layout } from "../model/layout.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import { moduleFiles } from "../model/module-files.js";
import { commandsInScope, modulesInScope, type Scope } from "../model/scope.js";
import type { PackageSpecs } from "../render/view.js";
import type { Listings } from "../survey/find-listings.js";
import type { Orphan } from "../survey/find-orphans.js";
import type { TreePath } from "../tree/tree.js";
import type { FileOperation, Plan } from "./plan.js";
import { serveFunction, withRemovals } from "./plan-removals.js";
import { projectFiles } from "./project-files.js";

export interface PlanInput {
  readonly model: Model;
  /** The managed files that are there now. */
  readonly existing: ReadonlySet<TreePath>;
  readonly scope: Scope;
  /** What the lists have already, where that is not to be seen from their file alone. */
  readonly listings?: Listings;
  /** Files that go, because the spec no longer accounts for them. */
  readonly orphans?: readonly Orphan[];
  /** Given for a new project alone: also plans package.json, README and the other files made once. */
  readonly packages?: PackageSpecs;
}

/** Decides what happens to which file, in the order in which a person would read it. */
export function planFiles(input: PlanInput): Plan {
  const { model, packages } = input;
  const operations: FileOperation[] = [];
  if (packages !== undefined) operations.push(...projectFiles(model, packages));
  operations.push({ action: "replace", path: layout.specSchema, view: { template: "spec-schema" } });
  if (model.schemas.length > 0) {
    operations.push({ action: "replace", path: layout.schemas, view: { template: "schemas-gen", model } });
  }
  for (const module of modulesInScope(model, input.scope)) operations.push(...planModule(module, input));
  operations.push(planMain(input));
  return { operations: withRemovals(operations, input.orphans ?? []) };
}

function planMain({ model, existing, scope, listings }: PlanInput): FileOperation {
  const { mainFile } = model;
  if (!existing.has(mainFile)) {
    return { action: "create", path: mainFile, view: { template: "main", model } };
  }
  const edits = modulesInScope(model, scope).flatMap(({ files, ...module }) =>
    additions({ ...module, file: files.module }, mainFile, listings, (element) => ({
      edit: "add-serve-argument",
      callee: serveFunction,
      element,
    })),
  );
  return { action: "edit", path: mainFile, edits };
}

/** What puts a class into a list: nothing where it is there already. */
function additions(
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
        additions(command, path, listings, (element) => ({
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

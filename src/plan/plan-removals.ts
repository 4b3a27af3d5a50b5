import type { Edit } from "../edit/edit.js";
import type { Orphan, Registration } from "../survey/find-orphans.js";
import type { FileOperation } from "./plan.js";

/** The runtime's function that `main.ts` hands the modules to. */
export const serveFunction = "newWebsocketServe";

/** Adds what takes orphans away: their files, their list elements and their imports. */
export function withRemovals(
  operations: readonly FileOperation[],
  orphans: readonly Orphan[],
): readonly FileOperation[] {
  const gone = new Set(orphans.map(({ path }) => path));
  const registrations = orphans
    .flatMap((orphan) => orphan.registrations)
    .filter(({ file }) => !gone.has(file));
  return [
    ...operations.map((operation) => withRemovalsOf(operation, registrations)),
    ...orphans.map(({ path, kind }) => ({ action: "delete", path, kind }) as const),
  ];
}

function withRemovalsOf(operation: FileOperation, registrations: readonly Registration[]): FileOperation {
  if (operation.action !== "edit") return operation;
  const own = registrations.filter(({ file }) => file === operation.path);
  return own.length === 0
    ? operation
    : { ...operation, edits: [...own.flatMap(removal), ...operation.edits] };
}

const removal = ({ listOwner, element }: Registration): Edit[] => [
  listOwner === undefined
    ? { edit: "remove-serve-argument", callee: serveFunction, element }
    : { edit: "remove-list-element", className: listOwner, method: "getCommandList", element },
  { edit: "remove-import", name: element.split(".").at(-1) ?? element },
];

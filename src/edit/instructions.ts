import { importClause } from "./add-imports.js";
import type { Edit } from "./edit.js";

/** The changes that a person has to make, as the exact lines, in the order of the file. */
export function instructionsFor(path: string, edits: readonly Edit[]): string {
  const lines = new Set(edits.toSorted((a, b) => rank(a) - rank(b)).map(instruction));
  return [`in ${path}:`, ...lines].join("\n  ");
}

const rank = ({ edit }: Edit): number => (edit.endsWith("-import") ? 0 : 1);

function instruction(edit: Edit): string {
  switch (edit.edit) {
    case "add-import":
      return `add at the top: import ${importClause(edit, " ")} from ${JSON.stringify(edit.from)};`;
    case "remove-import":
      return `remove the import of ${edit.name}`;
    case "add-list-element":
      return `add to what ${edit.className}.${edit.method}() returns: new ${edit.element}(),`;
    case "remove-list-element":
      return `remove from what ${edit.className}.${edit.method}() returns: new ${edit.element}(…)`;
    case "add-serve-argument":
      return `add to the arguments of ${edit.callee}(…): new ${edit.element}(),`;
    case "remove-serve-argument":
      return `remove from the arguments of ${edit.callee}(…): new ${edit.element}(…)`;
    case "set-literal":
      return `let ${edit.className}.${edit.method}() return ${JSON.stringify(edit.value)}`;
  }
}

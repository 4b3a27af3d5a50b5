import { writeImportClause } from "./add-imports.js";

/**
 * One change of a file of the user, described by its intent and not as text. The AST gives its place,
 * and a change that is already there is left as it is.
 */
export type Edit = AddImport | RemoveImport | ListEdit | SetLiteral;

/** Adds a class to a list, or removes it. */
export type ListEdit = ListElement | ServeArgument;

/** `import { SayCommand } from "./commands/say.command.js";` */
export interface AddImport {
  readonly edit: "add-import";
  readonly name: string;
  readonly from: string;
  /** The name under which the file exports it: `default`, or another name. Default: its own name. */
  readonly exportedAs?: string;
}

/** Removes a name from its import, and the statement with its last name. A name that is still used is an error. */
export interface RemoveImport {
  readonly edit: "remove-import";
  readonly name: string;
}

/** A list that a method of a module's class returns, such as that of `getCommandList()`. */
interface ModuleMember {
  readonly className: string;
  readonly method: string;
  /** Identifies the module's class if it was renamed and the file has several modules. */
  readonly moduleFlag?: string;
}

/** An element of the array that a method of a class returns: `new SayCommand()` in `getCommandList()`. */
export interface ListElement extends ModuleMember {
  readonly edit: "add-list-element" | "remove-list-element";
  /** The class that the element instantiates; any `new SayCommand(…)` in the list counts as present. */
  readonly element: string;
}

/** An argument of `newWebsocketServe(…)`: `new ChatModule()`. */
interface ServeArgument {
  readonly edit: "add-serve-argument" | "remove-serve-argument";
  readonly callee: string;
  readonly element: string;
}

export const isListEdit = (edit: Edit, action: "add" | "remove"): edit is ListEdit =>
  "element" in edit && edit.edit.startsWith(action);

/** Sets the literal that a method of a class returns. An expression of the user is left and reported. */
export interface SetLiteral extends ModuleMember {
  readonly edit: "set-literal";
  readonly value: string | number | readonly string[];
}

/** The exact lines of the changes to make by hand, in the order of the file. */
export function writeInstructions(path: string, edits: readonly Edit[], condition?: string): string {
  const lines = new Set(edits.toSorted((a, b) => getRank(a) - getRank(b)).map(writeInstruction));
  const start = condition === undefined ? "Change" : `${condition}, change`;
  return [`${start} ${path} by hand:`, ...lines].join("\n  ");
}

const getRank = ({ edit }: Edit): number => (edit.endsWith("-import") ? 0 : 1);

function writeInstruction(edit: Edit): string {
  switch (edit.edit) {
    case "add-import":
      return `Add at the top: import ${writeImportClause(edit, " ")} from ${JSON.stringify(edit.from)};`;
    case "remove-import":
      return `Remove the import of '${edit.name}'.`;
    case "add-list-element":
      return `Add to what ${edit.className}.${edit.method}() returns: new ${edit.element}(),`;
    case "remove-list-element":
      return `Remove from what ${edit.className}.${edit.method}() returns: new ${edit.element}(…)`;
    case "add-serve-argument":
      return `Add to the arguments of ${edit.callee}(…): new ${edit.element}(),`;
    case "remove-serve-argument":
      return `Remove from the arguments of ${edit.callee}(…): new ${edit.element}(…)`;
    case "set-literal":
      return `Let ${edit.className}.${edit.method}() return ${JSON.stringify(edit.value)}.`;
  }
}

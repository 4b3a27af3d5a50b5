import { importClause } from "./add-imports.js";

/**
 * One change of a file of the user's, said as intent and not as text: where it goes is found with the AST,
 * and one that is already there is left as it is.
 */
export type Edit =
  | AddImport
  | AddListElement
  | AddServeArgument
  | SetLiteral
  | RemoveImport
  | RemoveListElement
  | RemoveServeArgument;

/** `import { SayCommand } from "./commands/say.command.js";` */
export interface AddImport {
  readonly edit: "add-import";
  readonly name: string;
  readonly from: string;
  /** What the file exports it as: `default`, or another name. Default: its own. */
  readonly exportedAs?: string;
}

/** Takes a name out of the import that brings it, and the statement with its last name. Still used: an error. */
export interface RemoveImport {
  readonly edit: "remove-import";
  readonly name: string;
}

/** A list that a method of a module's class gives, e.g. what `getCommandList()` returns. */
interface ModuleMember {
  readonly className: string;
  readonly method: string;
  /** Tells the module's class where it was renamed and the file has several modules. */
  readonly moduleFlag?: string;
}

/** An element of the array that a method of a class returns: `new SayCommand()` in `getCommandList()`. */
export interface AddListElement extends ModuleMember {
  readonly edit: "add-list-element";
  /** The class that the element instantiates; any `new SayCommand(…)` in the list counts as present. */
  readonly element: string;
}

/** Takes `new SayCommand(…)` out of the array that a method of a class returns. */
export interface RemoveListElement extends ModuleMember {
  readonly edit: "remove-list-element";
  readonly element: string;
}

/** An argument of `newWebsocketServe(…)`: `new ChatModule()`. */
export interface AddServeArgument {
  readonly edit: "add-serve-argument";
  readonly callee: string;
  readonly element: string;
}

/** Takes `new ChatModule(…)` out of the arguments of `newWebsocketServe(…)`. */
export interface RemoveServeArgument {
  readonly edit: "remove-serve-argument";
  readonly callee: string;
  readonly element: string;
}

/** The literal that a method of a class returns; an expression of the user's own is left and reported. */
export interface SetLiteral extends ModuleMember {
  readonly edit: "set-literal";
  readonly value: string | number | readonly string[];
}

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

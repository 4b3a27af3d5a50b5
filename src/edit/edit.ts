/**
 * One change of a file of the user's, said as intent and not as text: where it goes is found with the AST,
 * and one that is already there is left as it is.
 */
export type Edit = AddImport | AddListElement | AddServeArgument | SetLiteral;

/** `import { SayCommand } from "./commands/say.command.js";` */
export interface AddImport {
  readonly edit: "add-import";
  readonly name: string;
  readonly from: string;
}

/** An element of the array that a method of a class returns: `new SayCommand()` in `getCommandList()`. */
export interface AddListElement {
  readonly edit: "add-list-element";
  readonly className: string;
  readonly method: string;
  /** The class that the element instantiates; any `new SayCommand(…)` in the list counts as present. */
  readonly element: string;
}

/** An argument of `newWebsocketServe(…)`: `new ChatModule()`. */
export interface AddServeArgument {
  readonly edit: "add-serve-argument";
  readonly callee: string;
  readonly element: string;
}

/** The literal that a method of a class returns; an expression of the user's own is left and reported. */
export interface SetLiteral {
  readonly edit: "set-literal";
  readonly className: string;
  readonly method: string;
  readonly value: string | number | readonly string[];
}

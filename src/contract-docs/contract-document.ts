/**
 * The contract as a document for readers, before it is laid out as a page or as Markdown. All texts are those of the spec, as they
 * are: each layout escapes them. Lists in place of optional members, because templates know no `undefined`.
 */
export interface ContractDocument {
  readonly name: string;
  readonly description: string;
  readonly modules: readonly ModuleDoc[];
  readonly schemas: readonly SchemaDoc[];
  /** Of wsgen's own, which every module can answer. */
  readonly runtimeErrors: readonly (readonly [code: string, meaning: string])[];
}

/** Something that has a heading, and to which links lead. */
export interface EntryDoc {
  /** `chat.say` */
  readonly anchor: string;
  readonly name: string;
  /** Empty without one. */
  readonly description: string;
}

export interface ModuleDoc extends EntryDoc {
  /** `ws://localhost:10099/chat/ws`, one for each route. */
  readonly addresses: readonly string[];
  /** Sentences about the module that its clients must know. */
  readonly notes: readonly string[];
  readonly handshake: readonly HandshakeDoc[];
  /** A request that connects, as text; empty if it is only the address. */
  readonly handshakeExample: string;
  readonly commands: readonly CommandDoc[];
  readonly events: readonly EventDoc[];
  readonly errors: readonly ErrorDoc[];
  /** What other clients in a room see of a connection; empty without presence. */
  readonly presence: readonly { readonly shape: ShapeDoc; readonly notes: readonly string[] }[];
}

export interface HandshakeDoc {
  /** `Query` */
  readonly title: string;
  readonly shape: ShapeDoc;
}

export interface CommandDoc extends EntryDoc {
  readonly notes: readonly string[];
  readonly request: ShapeDoc;
  readonly reply: ShapeDoc;
  readonly errors: readonly ErrorLinkDoc[];
  readonly examples: readonly ExampleDoc[];
}

/** An error in the list of a command. */
interface ErrorLinkDoc {
  readonly code: string;
  readonly anchor: string;
  readonly description: string;
}

export interface EventDoc extends EntryDoc {
  readonly notes: readonly string[];
  readonly data: ShapeDoc;
  readonly examples: readonly ExampleDoc[];
}

export interface ErrorDoc extends EntryDoc {
  readonly notes: readonly string[];
  /** Empty without details. */
  readonly details: readonly ShapeDoc[];
  readonly examples: readonly ExampleDoc[];
}

export interface SchemaDoc extends EntryDoc {
  /** The file in which it is; empty for a schema of the spec itself. */
  readonly from: string;
  readonly shape: ShapeDoc;
}

/** Messages on the wire, one after the other. */
export interface ExampleDoc {
  /** `Example 1` */
  readonly title: string;
  readonly messages: readonly { readonly from: "client" | "server"; readonly json: string }[];
}

/** A schema as a table of fields, and as a type. */
export interface ShapeDoc {
  /** What it is in words if there is no schema, or one without fields: `no fields`. Otherwise empty. */
  readonly words: string;
  /** Its type if it is not simply an object: `Message[]`. Empty if the table says everything. */
  readonly summary: readonly TypePiece[];
  /** The rules for the value as a whole; empty without any. */
  readonly rules: readonly RulePiece[];
  readonly fields: readonly FieldDoc[];
  /** The declaration in TypeScript; empty if it says no more than the summary. */
  readonly declaration: readonly TypePiece[];
}

export interface FieldDoc {
  /** `room`, `user.name`, `items[].price`, `scores.*` */
  readonly path: string;
  readonly type: readonly TypePiece[];
  readonly isRequired: boolean;
  /** As JSON; empty without one. */
  readonly defaultValue: string;
  /** `1–500 characters.`; empty without any. */
  readonly rules: readonly RulePiece[];
  readonly description: string;
  readonly isDeprecated: boolean;
}

/** A part of a sentence about rules: words, or code such as a pattern. */
export interface RulePiece {
  readonly text: string;
  readonly isCode: boolean;
}

/** A part of a type. The name of a shared schema has the anchor of its description; otherwise it is empty. */
export interface TypePiece {
  readonly text: string;
  readonly anchor: string;
}

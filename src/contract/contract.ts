import type { ValidatorCode } from "../schema/validators.js";
import type { Json } from "../spec/spec.js";

/** What the schemas and examples of a model become, beside types. */
export interface Contract {
  /** The validators of the shared schemas. */
  readonly schemas: ValidatorCode;
  /** By the module's name on the wire. */
  readonly modules: ReadonlyMap<string, ModuleContract>;
}

export interface ModuleContract {
  /** The validators of requests, replies and events. */
  readonly validators: ValidatorCode;
  /** In the order of the commands. */
  readonly tests: readonly CommandTest[];
}

/** One test of a command. */
export interface CommandTest {
  /** The command's name on the wire. */
  readonly command: string;
  /**
   * - `example`: the reply is that of the example, masks apart
   * - `answer`: any reply that fits
   * - `refusal`: the request does not fit, so the command is not run
   * - `todo`: no valid request could be made, so it is for a person to give one
   */
  readonly kind: "example" | "answer" | "refusal" | "todo";
  /** Where it comes from, to tell the tests of a command apart: `its example`, `its example 2`. */
  readonly source: string;
  readonly request: Json;
  /** Of an example. */
  readonly reply?: Json;
}

import { isObject } from "../validation/json-value.js";
import type { Validator } from "../validation/problem.js";
import { type Check, fields, flag, matching, optional } from "./checks.js";
import { validator } from "./event-rule.js";

export type HandshakePart = "params" | "query" | "headers" | "cookies";

/** How the text of a handshake becomes a value. */
export interface HandshakeField {
  /**
   * `number` and `boolean`: text that is a valid number or boolean is converted. Other text stays unchanged, and the check
   * refuses it.
   */
  readonly type: "string" | "number" | "boolean";
  /** A query's field that may come several times: its value is a list. */
  readonly isList?: boolean | undefined;
  /** The value of a field that is absent. */
  readonly default?: unknown;
}

/** The check of one part of a handshake. */
export interface HandshakeCheck {
  /** Gets an object with the converted values, and all others as text. */
  readonly check: Validator;
  /** By name; names of headers in lower case. */
  readonly fields: Readonly<Record<string, HandshakeField>>;
}

/** The checks of a handshake, by its parts. A part without a check stays as the client has sent it. */
export type HandshakeChecks = { readonly [Part in HandshakePart]?: HandshakeCheck | undefined };

const field = fields({
  type: matching("string, number or boolean", (value) =>
    ["string", "number", "boolean"].includes(value as string),
  ),
  isList: optional(flag),
  default: matching("any value", () => true),
});

const check = optional(
  fields({
    check: validator,
    fields: matching(
      `an object, for each field: ${field.range}`,
      (value) => isObject(value) && Object.values(value).every((each) => field.accepts(each)),
    ),
  }),
);

export const handshakeChecks: Check = fields({ params: check, query: check, headers: check, cookies: check });

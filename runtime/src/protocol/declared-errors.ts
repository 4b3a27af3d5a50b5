import type { Conversion } from "../conversion.js";
import { type Disclosure, Mode, toErrorBody, WebsocketError, type WebsocketErrorOptions } from "../errors.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { ErrorBody } from "../wire.js";
import { checkData } from "./check-data.js";
import { convertOutbound } from "./convert-message.js";
import type { KnownFieldPicker } from "./pick-fields.js";

/** An error that a spec declares. wsgen generates these rules. */
export interface ErrorRule extends Pick<WebsocketErrorOptions, "retry" | "closeCode"> {
  readonly code: string;
  /** The message of an error that has none of its own. */
  readonly message: string;
  /** Checks the details, in debug mode only. Absent: the error has no details. */
  readonly check?: Validator | undefined;
  /** The fields of the details that `setReplyFields("known")` keeps. Absent: details are sent whole. */
  readonly fields?: (() => KnownFields) | undefined;
  /** How bytes of the details become what the codec encodes. Absent: the details have no bytes. */
  readonly conversion?: Conversion | undefined;
}

/** What one declared error has in addition: its own message, its cause, and the HTTP status if `connect` fails with it. */
export interface DeclaredErrorOptions extends Pick<WebsocketErrorOptions, "cause" | "status"> {
  readonly message?: string | undefined;
}

/** Functions that create the errors of a module, by their names in code: `throw chatErrors.roomFull({ size })`. */
export type DeclaredErrors<Details> = {
  readonly [Name in keyof Details]: [Details[Name]] extends [undefined]
    ? (options?: DeclaredErrorOptions) => WebsocketError
    : (details: Details[Name], options?: DeclaredErrorOptions) => WebsocketError;
};

/** The rules of the errors that were created from one. */
const ruleOf = new WeakMap<object, ErrorRule>();

/** The codes of all declared errors of the process. */
const declaredCodes = new Set<string>();

/** True for the code of an error that a spec declares. */
export const isDeclaredCode = (code: string): boolean => declaredCodes.has(code);

/** Creates the functions that create the errors of a module. Generated code calls it. */
export const bindErrors = <Details extends object>(
  rules: {
    readonly [Name in keyof Details]: ErrorRule;
  },
): DeclaredErrors<Details> =>
  Object.fromEntries(
    Object.entries<ErrorRule>(rules).map(([name, rule]) => [name, createFactory(rule)]),
  ) as DeclaredErrors<Details>;

function createFactory(rule: ErrorRule) {
  declaredCodes.add(rule.code);
  return function create(...args: unknown[]): WebsocketError {
    const details = rule.check === undefined ? undefined : args.shift();
    const { message = rule.message, ...own } = (args[0] ?? {}) as DeclaredErrorOptions;
    const { code, retry, closeCode } = rule;
    const error = new WebsocketError(code, message, { ...own, details, retry, closeCode });
    // The stack begins where the user's code creates the error.
    Error.captureStackTrace(error, create);
    ruleOf.set(error, rule);
    return error;
  };
}

/** How details are sent. */
export interface DetailsForm {
  /** Undefined: details are sent whole. */
  readonly picker: KnownFieldPicker | undefined;
  /** Whether they are sent in a codec that has bytes. */
  readonly hasBytes: boolean;
}

/**
 * Like `toErrorBody`, with the details of a declared error as its schema allows. In debug mode, details that do not match are
 * a defect: they are logged, and the client gets `failed`. Never throws.
 */
export function toDeclaredBody(
  error: unknown,
  disclosure: Disclosure,
  { picker, hasBytes }: DetailsForm,
): ErrorBody {
  const rule = ruleOf.get(error as object);
  if (rule?.check === undefined) return toErrorBody(error, disclosure);
  const { code, fields, conversion } = rule;
  try {
    const { details: given } = error as WebsocketError;
    const details =
      picker === undefined ? given : picker.pick(given, { fields, conversion }, { error: code });
    if (disclosure.mode === Mode.debug)
      checkData(details, rule, [`The error ${JSON.stringify(code)}`, "details"]);
    const sent = conversion === undefined ? details : convertOutbound(details, conversion, hasBytes);
    return { ...toErrorBody(error, disclosure), details: sent };
  } catch (defect) {
    return toErrorBody(defect, disclosure);
  }
}

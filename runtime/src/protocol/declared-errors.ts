import { takeSync } from "../boundary.js";
import { type Disclosure, Mode, toErrorBody, WebsocketError, type WebsocketErrorOptions } from "../errors.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { ErrorBody } from "../wire.js";
import { InvalidDataError, toJsonValue } from "./check-data.js";
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

/**
 * Like `toErrorBody`, with the details of a declared error as its schema allows. In debug mode, details that do not match are
 * a defect: they are logged, and the client gets `failed`. Never throws.
 */
export function toDeclaredBody(
  error: unknown,
  disclosure: Disclosure,
  picker: KnownFieldPicker | undefined,
): ErrorBody {
  const rule = ruleOf.get(error as object);
  if (rule?.check === undefined) return toErrorBody(error, disclosure);
  try {
    const details = trimDetails((error as WebsocketError).details, rule, picker);
    if (disclosure.mode === Mode.debug) checkDetails(details, rule);
    return { ...toErrorBody(error, disclosure), details };
  } catch (defect) {
    return toErrorBody(defect, disclosure);
  }
}

function trimDetails(
  details: unknown,
  { code, fields }: ErrorRule,
  picker: KnownFieldPicker | undefined,
): unknown {
  return picker === undefined || fields === undefined
    ? details
    : picker.pick(details, fields, { error: code });
}

/** @throws InvalidDataError if the details do not match their schema */
function checkDetails(details: unknown, { code, check }: ErrorRule): void {
  const problems = takeSync(check?.(toJsonValue(details)), "The check of the details");
  if (problems !== undefined) {
    throw new InvalidDataError(`The error ${JSON.stringify(code)}`, problems);
  }
}

import type { Guard, SetCommandConfig } from "../contract.js";
import type { Conversion } from "../conversion.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { CommandConfig } from "./module-types.js";

const option =
  <Name extends keyof CommandConfig>(name: Name, value: CommandConfig[Name]): SetCommandConfig =>
  (config) =>
    config.set(name, value);

/** Does not send errors of this command to the client. Default: sends them. */
export const disableErrorMessage = (): SetCommandConfig => option("errorMessage", false);

/** Does not log inbound data of this command. Default: logs it if the module logs. */
export const disableLogUpData = (): SetCommandConfig => option("logUpData", false);

/** Does not log outbound data of this command. Default: logs it if the module logs. */
export const disableLogDownData = (): SetCommandConfig => option("logDownData", false);

/** Does not send the result of this command to the client. Default: sends it. */
export const disableResponseData = (): SetCommandConfig => option("responseData", false);

/** The original framework's name for `disableErrorMessage`. */
export const closePushCommandErrorMessage = (): SetCommandConfig => disableErrorMessage();

/** The original framework's name for `disableLogUpData`. */
export const closeLogUpData = (): SetCommandConfig => disableLogUpData();

/** The original framework's name for `disableLogDownData`. */
export const closeLogDownData = (): SetCommandConfig => disableLogDownData();

/** The original framework's name for `disableResponseData`. */
export const closeResponseData = (): SetCommandConfig => disableResponseData();

/** Sets the time limit of this command: 0 (no limit) to 86,400 seconds. Default: the module's `setExecuteTimeout`. */
export const setCommandTimeout = (seconds: number): SetCommandConfig => option("executeTimeout", seconds);

/**
 * Adds guards: functions that let a message of this command in or refuse it. They run in order, after those of the module
 * (`setGuards`) and before the request is checked. The list may be in a function, as for `setGuards`.
 * @example setCommandGuards([admin])
 */
export const setCommandGuards =
  <Context extends Parameters<Guard>[0] = Parameters<Guard>[0]>(
    guards: readonly Guard<Context>[] | (() => readonly Guard<Context>[]),
  ): SetCommandConfig =>
  (config) =>
    config.set("guards", typeof guards === "function" ? guards() : guards);

/**
 * Checks the requests before the command runs. An invalid one gets `invalid_request` with all problems. wsgen generates
 * the validators from the spec's schemas. Default: no check.
 */
export const setRequestCheck = (check: Validator): SetCommandConfig => option("requestCheck", check);

/**
 * Converts the requests before they are checked: fills defaults in, and makes bytes of base64. Each request gets copies of its own.
 * wsgen generates the conversion from the spec's schemas. Default: nothing is converted.
 */
export const setRequestConversion = (conversion: Conversion): SetCommandConfig =>
  option("requestConversion", conversion);

/** Converts the bytes of the replies to what the codec encodes. wsgen generates the conversion. Default: nothing is converted. */
export const setReplyConversion = (conversion: Conversion): SetCommandConfig =>
  option("replyConversion", conversion);

/**
 * Checks the replies, in debug mode only. An invalid one is logged, and the client gets `failed`. Default: no check.
 */
export const setReplyCheck = (check: Validator): SetCommandConfig => option("replyCheck", check);

/**
 * Sets the fields that `setReplyFields("known")` keeps in the replies. wsgen generates them from the spec. Default: none,
 * which is an error if `setReplyFields("known")` and `setReplyCheck` are set.
 */
export const setKnownFields = (fields: () => KnownFields): SetCommandConfig => option("knownFields", fields);

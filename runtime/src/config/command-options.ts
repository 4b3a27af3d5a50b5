import type { SetCommandConfig } from "../contract.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import type { CommandConfig } from "./module-types.js";

const option =
  <Name extends keyof CommandConfig>(name: Name, value: CommandConfig[Name]): SetCommandConfig =>
  (config) =>
    config.set(name, value);

/** Errors of this command are not sent to the client. Default: they are. */
export const disableErrorMessage = (): SetCommandConfig => option("errorMessage", false);

/** Inbound data of this command is not logged. Default: it is, when the module logs. */
export const disableLogUpData = (): SetCommandConfig => option("logUpData", false);

/** Outbound data of this command is not logged. Default: it is, when the module logs. */
export const disableLogDownData = (): SetCommandConfig => option("logDownData", false);

/** The result of this command is not sent to the client. Default: it is. */
export const disableResponseData = (): SetCommandConfig => option("responseData", false);

/** The original framework's name of `disableErrorMessage`. */
export const closePushCommandErrorMessage = (): SetCommandConfig => disableErrorMessage();

/** The original framework's name of `disableLogUpData`. */
export const closeLogUpData = (): SetCommandConfig => disableLogUpData();

/** The original framework's name of `disableLogDownData`. */
export const closeLogDownData = (): SetCommandConfig => disableLogDownData();

/** The original framework's name of `disableResponseData`. */
export const closeResponseData = (): SetCommandConfig => disableResponseData();

/** How long this command may run, 0 (no limit) to 86,400 seconds. Default: the module's `setExecuteTimeout`. */
export const setCommandTimeout = (seconds: number): SetCommandConfig => option("executeTimeout", seconds);

/**
 * Checks what clients send with this command, before it runs: what does not fit is answered `invalid_request` with all
 * problems. wsgen compiles these functions from the spec's schemas. Default: no check.
 */
export const setRequestCheck = (check: Validator): SetCommandConfig => option("requestCheck", check);

/**
 * Checks what this command returns, in debug mode alone: what does not fit is logged and answered `failed`.
 * Default: no check.
 */
export const setReplyCheck = (check: Validator): SetCommandConfig => option("replyCheck", check);

/**
 * The fields that the schema of the replies names: what `setReplyFields("known")` leaves in them. wsgen writes them from the
 * spec. Default: none, which that option refuses beside `setReplyCheck`.
 */
export const setKnownFields = (fields: () => KnownFields): SetCommandConfig => option("knownFields", fields);

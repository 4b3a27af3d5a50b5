import { isDeclaredCode } from "../protocol/declared-errors.js";
import { ErrorCode } from "../wire.js";

/** The value of a label whose own value is not known in advance, so that no client can make series without end. */
export const other = "_OTHER";

const runtimeCodes: ReadonlySet<string> = new Set([...Object.values(ErrorCode), "abandoned"]);

/** The value of `error.type`: a code of the runtime or of a declared error. */
export const errorType = (code: string): string =>
  runtimeCodes.has(code) || isDeclaredCode(code) ? code : other;

/**
 * The methods that a handshake may have; others are answered before they reach a route.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
const methods: ReadonlySet<string> = new Set([
  ...["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"],
]);

export const requestMethod = (method = ""): string => (methods.has(method) ? method : other);

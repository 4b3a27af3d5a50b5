import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { CloseCode, isSendableCloseCode, truncateCloseReason } from "../close-codes.js";
import { exceedsJsonDepth } from "../protocol/codec.js";
import { isObject } from "../validation/json-value.js";
import { AdminError, invalidRequest } from "./admin-error.js";

const maxBytes = 2 ** 20;
const maxDepth = 64;

/**
 * Reads the body of a request as an object; without a body, an empty one. Keeps at most 1 MiB. The rest of a larger body
 * is read and dropped, so that the client gets the response.
 * @throws AdminError 400, 413 or 415
 */
export async function readJsonBody(request: IncomingMessage): Promise<ReadonlyMap<string, unknown>> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return new Map();
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json *(;|$)/i.test(type) || request.headers["content-encoding"] !== undefined) {
    throw new AdminError(415, "unsupported_media_type", {
      message: "The body must be JSON. Send content-type application/json.",
    });
  }
  if (exceedsJsonDepth(bytes, maxDepth)) {
    throw invalidRequest(`The body is nested more than ${maxDepth} levels deep.`);
  }
  return toFields(parse(bytes), "The body");
}

/** The fields of an object. A map, so that no name in it reaches an inherited property. @throws AdminError */
export function toFields(value: unknown, title: string): ReadonlyMap<string, unknown> {
  if (isObject(value)) return new Map(Object.entries(value));
  throw invalidRequest(`${title} must be a JSON object.`);
}

/** @throws AdminError that names an unknown field */
export function refuseUnknown(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    throw invalidRequest(`Unknown name ${JSON.stringify(name.slice(0, 100))}; allowed: ${known.join(", ")}.`);
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  try {
    await once(request, "end");
  } catch {
    throw new AdminError(400, "broken_off", { message: "The request was aborted." });
  }
  if (size > maxBytes)
    throw new AdminError(413, "body_too_large", { message: `The body has more than ${maxBytes} bytes.` });
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalidRequest("The body is not valid JSON in UTF-8.");
  }
}

/** Selects connections. An absent field matches any. */
export interface AdminFilter {
  readonly module?: string;
  readonly room?: string;
  readonly tag?: string;
  readonly address?: string;
}

export interface Page {
  /** The number of connections to skip. */
  readonly offset: number;
  /** 1–1,000. */
  readonly limit: number;
}

const filterNames = ["module", "room", "tag", "address"] as const;
const defaultLimit = 100;
const maxLimit = 1_000;

/** @throws AdminError for a parameter that is unknown, empty, given twice, or not a number where it must be one */
export function readListQuery(query: URLSearchParams): AdminFilter & Page {
  const values = readOnce(query, [...filterNames, "offset", "limit"]);
  return {
    ...pickFilter(values),
    offset: toNumber(values, "offset", { fallback: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    limit: toNumber(values, "limit", { fallback: defaultLimit, minimum: 1, maximum: maxLimit }),
  };
}

/** Requires a module and refuses unknown parameters, so that a typo never closes more connections. @throws AdminError */
export function readCloseQuery(query: URLSearchParams): AdminFilter & { readonly module: string } {
  const { module, ...filter } = pickFilter(readOnce(query, filterNames));
  if (module === undefined)
    throw invalidRequest("The module is missing. Name the module whose connections to close: ?module=");
  return { module, ...filter };
}

function readOnce(query: URLSearchParams, known: readonly string[]): ReadonlyMap<string, string> {
  refuseUnknown(query.keys(), known);
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name)) throw invalidRequest(`${name} is given twice.`);
    if (value === "") throw invalidRequest(`${name} is empty.`);
    values.set(name, value);
  }
  return values;
}

const pickFilter = (values: ReadonlyMap<string, string>): AdminFilter =>
  Object.fromEntries(filterNames.flatMap((name) => (values.has(name) ? [[name, values.get(name)]] : [])));

function toNumber(
  values: ReadonlyMap<string, string>,
  name: string,
  { fallback, minimum, maximum }: { fallback: number; minimum: number; maximum: number },
): number {
  const text = values.get(name);
  if (text === undefined) return fallback;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw invalidRequest(`${name} must be a whole number from ${minimum} to ${maximum}.`);
}

/** Options for closing connections. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
  /** Sent before the close frame, if defined. */
  readonly message?: unknown;
}

/** @throws AdminError for a code that must not be sent or a reason that is too long */
export function readClosing(body: ReadonlyMap<string, unknown>): Closing {
  refuseUnknown(body.keys(), ["code", "reason", "message"]);
  const { code = CloseCode.normal, reason = "", message } = Object.fromEntries(body);
  if (typeof code !== "number" || !isSendableCloseCode(code)) {
    throw invalidRequest("code must be a close code: 1000–1003, 1007–1014 or 3000–4999.");
  }
  if (typeof reason !== "string" || truncateCloseReason(reason) !== reason) {
    throw invalidRequest("reason must be a string of at most 123 bytes (RFC 6455 §5.5).");
  }
  return message === undefined ? { code, reason } : { code, reason, message };
}

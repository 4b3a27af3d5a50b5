import { invalidRequest } from "./admin-error.js";
import { refuseUnknown } from "./read-json-body.js";

/** Which connections are meant; an absent field matches any. */
export interface AdminFilter {
  readonly module?: string;
  readonly room?: string;
  readonly tag?: string;
  readonly address?: string;
}

export interface Page {
  /** Connections that are passed over. */
  readonly offset: number;
  /** 1–1,000. */
  readonly limit: number;
}

const filterNames = ["module", "room", "tag", "address"] as const;
const defaultLimit = 100;
const maxLimit = 1_000;

/** @throws AdminError for a parameter that is unknown, empty, there twice, or no number where it must be one */
export function readListQuery(query: URLSearchParams): AdminFilter & Page {
  const values = readOnce(query, [...filterNames, "offset", "limit"]);
  return {
    ...pickFilter(values),
    offset: toNumber(values, { name: "offset", fallback: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    limit: toNumber(values, { name: "limit", fallback: defaultLimit, minimum: 1, maximum: maxLimit }),
  };
}

/** A misspelt parameter must not widen what is closed, so it is an error, and a module must be named. @throws AdminError */
export function readCloseQuery(query: URLSearchParams): AdminFilter & { readonly module: string } {
  const { module, ...filter } = pickFilter(readOnce(query, filterNames));
  if (module === undefined)
    throw invalidRequest("Name the module whose connections are to be closed: ?module=");
  return { module, ...filter };
}

function readOnce(query: URLSearchParams, known: readonly string[]): ReadonlyMap<string, string> {
  refuseUnknown(query.keys(), known);
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name)) throw invalidRequest(`${name} is there twice.`);
    if (value === "") throw invalidRequest(`${name} is empty.`);
    values.set(name, value);
  }
  return values;
}

const pickFilter = (values: ReadonlyMap<string, string>): AdminFilter =>
  Object.fromEntries(filterNames.flatMap((name) => (values.has(name) ? [[name, values.get(name)]] : [])));

interface NumberRange {
  readonly name: string;
  readonly fallback: number;
  readonly minimum: number;
  readonly maximum: number;
}

function toNumber(values: ReadonlyMap<string, string>, range: NumberRange): number {
  const { name, fallback, minimum, maximum } = range;
  const text = values.get(name);
  if (text === undefined) return fallback;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw invalidRequest(`${name} must be a whole number from ${minimum} to ${maximum}.`);
}

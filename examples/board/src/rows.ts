import type { Column, Role } from "./schemas.gen.js";

/** A row of the database. What its columns hold is unknown to the compiler, so each value is checked. */
export type Row = Readonly<Record<string, unknown>>;

export function readText(value: unknown): string {
  if (typeof value === "string") return value;
  throw unexpected(value, "text");
}

export function readInteger(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw unexpected(value, "an integer");
}

export function readBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw unexpected(value, "bytes");
}

export function readRole(value: unknown): Role {
  if (value === "reader" || value === "writer" || value === "owner") return value;
  throw unexpected(value, "a role");
}

export function readColumn(value: unknown): Column {
  if (value === "todo" || value === "doing" || value === "done") return value;
  throw unexpected(value, "a column");
}

const unexpected = (value: unknown, expected: string): TypeError =>
  new TypeError(`The database has ${typeof value} where ${expected} was expected.`);

import type { LogLevel } from "../config/choices.js";
import type { Logger } from "../contract.js";
import type { LogLevels } from "../logging/log-targets.js";
import type { Caller } from "./admin-access.js";
import { invalidRequest } from "./admin-error.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import { anything, described, listOf, object, optional, text, wholeNumber } from "./admin-shape.js";

/** One action of a caller, or one that was refused. */
interface AuditEntry {
  /** Counts from 1 since the start. */
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly from: string;
  /** The id of the operation. */
  readonly action: string;
  /** What was done to what, and the outcome; `error` has the code of a failure. */
  readonly details: object;
}

const maxEntries = 1_000;
const maxBytes = 2 ** 20;
/** The most members of a list that an entry keeps. */
const maxListed = 10;

/** Who did what: one line in the log each, and the last ones in memory. */
export class AuditLog {
  readonly #log: Logger;
  readonly #levels: Pick<LogLevels, "current"> | undefined;
  readonly #entries: { readonly entry: AuditEntry; readonly bytes: number }[] = [];
  #bytes = 0;
  #lastNumber = 0;

  /** @param levels those of the log; undefined if they are not known */
  constructor(log: Logger, levels: Pick<LogLevels, "current"> | undefined) {
    this.#log = log;
    this.#levels = levels;
  }

  add({ name, address }: Caller, action: string, given: object): void {
    const details = shorten(given);
    this.#lastNumber += 1;
    const at = new Date().toISOString();
    const entry = { number: this.#lastNumber, at, by: name, from: address, action, details };
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    while (this.#entries.length > maxEntries || this.#bytes > maxBytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
    }
    // A log that is set to errors keeps the actions, too.
    this.#log[methodOf(this.#levels?.current)]({ by: name, from: address, action, details }, "admin action");
  }

  /** The latest entries before a number, the latest first. */
  before(number: number, limit: number): readonly AuditEntry[] {
    const first = this.#entries[0]?.entry.number ?? 1;
    const end = Math.min(Math.max(number - first, 0), this.#entries.length);
    return this.#entries
      .slice(Math.max(0, end - limit), end)
      .map(({ entry }) => entry)
      .reverse();
  }
}

/** What writes a line that the log keeps, of level info if it keeps that. */
function methodOf(level: LogLevel = "info"): "info" | "warn" | "error" | "fatal" {
  if (level === "debug" || level === "info") return "info";
  return level === "warn" || level === "error" ? level : "fatal";
}

/** Cuts long lists, and leaves out what is undefined. */
function shorten(details: object): object {
  const members = Object.entries(details).flatMap(([name, value]): [string, unknown][] =>
    value === undefined ? [] : [[name, shortenValue(value)]],
  );
  return Object.fromEntries(members);
}

function shortenValue(value: unknown): unknown {
  if (!Array.isArray(value)) return typeof value === "object" && value !== null ? shorten(value) : value;
  const more = value.length - maxListed;
  return more <= 0 ? value : [...value.slice(0, maxListed), `and ${more} more`];
}

const entryShape = object({
  number: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  at: text(64),
  by: described("The name of the token.", text(256)),
  from: described("The address of the caller.", anything("")),
  action: described("The operationId.", text(64)),
  details: anything("What was done to what, and the outcome. `error` has the code of a failure."),
});

/** The operation that shows the last actions. */
export const auditOperation = (audit: AuditLog): Operation =>
  defineOperation({
    ...{ id: "showAudit", method: "get", path: "/audit", right: "read" },
    summary: "The last actions, the latest first: who did what, when, and with which outcome.",
    query: object({ limit: optional(wholeNumber(1, 1_000)), cursor: optional(text(1_024)) }),
    answer: object({
      entries: listOf(entryShape, { maxItems: maxEntries, range: "entries" }),
      next: optional(described("The cursor of the next page. Absent on the last page.", text(1_024))),
    }),
    run({ query: { limit = 100, cursor } }) {
      const entries = audit.before(
        cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor),
        limit,
      );
      const last = entries.at(-1);
      const hasMore = last !== undefined && audit.before(last.number, 1).length > 0;
      return { entries, next: hasMore ? String(last.number) : undefined };
    },
  });

function readCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidRequest("cursor is not one that this query has answered. Begin without a cursor.");
}

import { contain } from "../boundary.js";
import type { Logger } from "../contract.js";

/** The fields of a refusal's log line. */
export interface RefusalNote {
  /** The setter of the option that decides, or another reason. */
  readonly decidedBy: string;
  readonly remoteAddress?: string | undefined;
  /** The id of the connection, if there is one. */
  readonly connection?: string;
  /** The value that was found. Cut to 128 characters; control characters and invisible characters are escaped. */
  readonly found?: string | number | undefined;
}

/** The interval of the lines for one reason, so that refused clients cannot flood the log. */
const intervalMs = 1_000;
const maxShown = 128;

/**
 * Logs refusals, at most one line a second for each reason. The first refusal is written at once. During a flood, each
 * second the last refusal is written, with the number of the others (`omitted`). Reasons are a fixed set of names.
 */
export class RefusalLog {
  readonly #log: Logger;
  readonly #level: "info" | "warn";
  readonly #recent = new Map<string, { last: RefusalNote | undefined; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger, level: "info" | "warn" = "info") {
    this.#log = log;
    this.#level = level;
  }

  note(reason: string, note: RefusalNote): void {
    const recent = this.#recent.get(reason);
    if (recent !== undefined) {
      recent.last = note;
      recent.count += 1;
      return;
    }
    this.#recent.set(reason, { last: undefined, count: 0 });
    this.#timer ??= setInterval(() => {
      contain({ entry: "timer", log: this.#log }, () => this.#writeLast());
    }, intervalMs).unref();
    this.#write(reason, note, 0);
  }

  #writeLast(): void {
    for (const [reason, recent] of this.#recent) {
      if (recent.last === undefined) {
        this.#recent.delete(reason);
        continue;
      }
      this.#write(reason, recent.last, recent.count - 1);
      recent.last = undefined;
      recent.count = 0;
    }
    if (this.#recent.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #write(reason: string, { found, ...note }: RefusalNote, omitted: number): void {
    const shown = typeof found === "string" ? escapeInvisible(found.slice(0, maxShown)) : found;
    this.#log[this.#level](
      {
        reason,
        ...note,
        ...(shown === undefined ? {} : { found: shown }),
        ...(omitted > 0 ? { omitted } : {}),
      },
      "refused",
    );
  }
}

const escapeInvisible = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

import { isPromise, toError } from "../boundary.js";
import type { Logger } from "../contract.js";

type Level = Exclude<keyof Logger, "child">;
type Line = Parameters<Logger[Level]>;
/** Members of pino that the `Logger` interface does not have. */
type LevelledLogger = Logger & { isLevelEnabled?(level: string): boolean };

let hasWarned = false;

/**
 * A logger that never throws, and that costs nothing until a line is written: the logger of a connection is created with
 * its first line. If a line cannot be written (a getter throws, JSON cannot express a value), only its plain fields are
 * written. If that fails, too, the process emits one warning.
 */
export class GuardedLogger implements Logger {
  readonly #parent: LevelledLogger;
  readonly #fields: object | undefined;
  #own: Logger | undefined;

  /** @param fields of a child logger; undefined guards the parent itself */
  constructor(parent: LevelledLogger, fields?: object) {
    this.#parent = parent;
    this.#fields = fields;
  }

  debug(...line: Line): void {
    this.#write("debug", line);
  }

  info(...line: Line): void {
    this.#write("info", line);
  }

  warn(...line: Line): void {
    this.#write("warn", line);
  }

  error(...line: Line): void {
    this.#write("error", line);
  }

  fatal(...line: Line): void {
    this.#write("fatal", line);
  }

  child(fields: object): GuardedLogger {
    return new GuardedLogger(this, fields);
  }

  /** Only pino has `isLevelEnabled`. Assumes enabled for other loggers. */
  isLevelEnabled(level: string): boolean {
    try {
      return this.#parent.isLevelEnabled?.(level) ?? true;
    } catch {
      return true;
    }
  }

  #write(level: Level, line: Line): void {
    if (!this.isLevelEnabled(level)) return;
    try {
      this.#give(level, line);
    } catch {
      this.#writeBare(level, line);
    }
  }

  /** Handles an asynchronous logger that rejects: its line is lost. */
  #give(level: Level, [fields, message]: Line): void {
    const written: unknown = this.#resolve()[level](fields, message);
    if (isPromise(written)) Promise.resolve(written).catch(warnOnce);
  }

  #writeBare(level: Level, [fields, message]: Line): void {
    try {
      this.#give(level, [plainFields(fields), message]);
    } catch (error) {
      warnOnce(error);
    }
  }

  #resolve(): Logger {
    this.#own ??= this.#fields === undefined ? this.#parent : this.#rawParent().child(this.#fields);
    return this.#own;
  }

  #rawParent(): Logger {
    return this.#parent instanceof GuardedLogger ? this.#parent.#resolve() : this.#parent;
  }
}

function warnOnce(error: unknown): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(`A logger of wsgen-runtime failed and loses lines: ${toError(error).message}`);
}

/** The plain fields of a line, which any logger can write. An error becomes its stack. */
function plainFields(fields: object): object {
  const plain: Record<string, unknown> = { unloggable: true };
  try {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(fields))) {
      if (name === "err") plain.err = readStack(toError(value));
      else if (["string", "number", "boolean"].includes(typeof value)) plain[name] = value;
    }
  } catch {
    // A proxy, which cannot be read.
  }
  return plain;
}

function readStack(error: Error): string {
  try {
    return String(error.stack);
  } catch {
    return "An error that cannot be shown.";
  }
}

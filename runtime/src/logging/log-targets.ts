import { symbols } from "pino";
import type { LogLevel } from "../config/choices.js";
import type { LineWriter } from "./line-writer.js";

/** pino's numbers. zap's levels `dpanic` and `panic` are between error and fatal. */
export const levelNumbers: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  dpanic: 53,
  panic: 56,
  fatal: 60,
};
const numberOf = new Map<string, number>(Object.entries(levelNumbers));

/** The levels of a module's log. */
export interface LogLevels {
  /** The least severe level that is logged. */
  readonly current: LogLevel;
  /** That of the configuration. */
  readonly configured: LogLevel;
  /** Sets the level of all targets; undefined: as configured. */
  set(level: LogLevel | undefined): void;
}

interface Target {
  readonly writer: LineWriter;
  readonly level: LogLevel;
}

/** Writes each line of pino to the targets whose level allows it. The levels can change while lines are written. */
export class LogTargets implements LogLevels {
  /** Asks pino for the level of each line. */
  readonly [symbols.needsMetadataGsym] = true;
  /** Set by pino before each `write`. */
  lastLevel = 0;
  readonly #targets: Target[] = [];
  /** Undefined: each target has its own. */
  #level: LogLevel | undefined;
  #least = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#targets.length === 0;
  }

  get configured(): LogLevel {
    const [first = "debug", ...others] = this.#targets.map(({ level }) => level);
    return others.reduce(
      (least, level) => (levelNumbers[level] < levelNumbers[least] ? level : least),
      first,
    );
  }

  get current(): LogLevel {
    return this.#level ?? this.configured;
  }

  add(writer: LineWriter, level: LogLevel): void {
    this.#targets.push({ writer, level });
    this.#least = levelNumbers[this.current];
  }

  set(level: LogLevel | undefined): void {
    this.#level = level;
    this.#least = levelNumbers[this.current];
  }

  isEnabled(level: string): boolean {
    return (numberOf.get(level) ?? 0) >= this.#least;
  }

  write(line: string): void {
    for (const { writer, level } of this.#targets) {
      if (this.lastLevel >= levelNumbers[this.#level ?? level]) writer.write(line);
    }
  }

  /** pino calls it after a line of the level fatal. */
  flushSync(): void {
    for (const { writer } of this.#targets) writer.flushSync();
  }
}

import { join } from "node:path";
import { multistream, pino, type StreamEntry, stdTimeFunctions } from "pino";
import type { LogLevel, SplitInterval } from "../config/choices.js";
import type { LogFileOptions, ModuleConfig } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { ConfigurationError, titleOf } from "../errors.js";
import { GuardedLogger } from "./guarded-logger.js";
import { LineWriter } from "./line-writer.js";

/** A module's logger and its targets. */
export interface ModuleLogger {
  readonly logger: Logger;
  /** Resolves when all lines so far have been passed to the system. Never rejects. */
  flush(): Promise<void>;
  /** Flushes and closes the file; a later line opens it again. */
  close(): Promise<void>;
}

type LogConfig = Pick<ModuleConfig, "log" | "logConsole" | "logLevel" | "logRedact" | "logger" | "warnings">;

/** The terminal, shared by all modules of the process so that their lines do not mix. */
const consoleWriter = new LineWriter({
  placeAt: () => 1,
  // Without a terminal, there is no place to report a failure.
  onFailure: () => undefined,
  onRecovery: () => undefined,
});

interface LevelledWriter {
  readonly writer: LineWriter;
  readonly level: LogLevel;
}

/**
 * Creates the logger of a module. It writes to the terminal, to a file, to both or to neither, or to the injected logger,
 * which is never flushed or closed.
 * @throws ConfigurationError for an invalid redaction path
 */
export function createModuleLogger(flag: string, config: LogConfig): ModuleLogger {
  const writers: LevelledWriter[] = [];
  const logger = new GuardedLogger(config.logger ?? createBuiltInLogger(), config.logger && { module: flag });
  for (const warning of config.warnings) logger.warn({}, warning);
  return {
    logger,
    async flush() {
      await Promise.all(writers.map(({ writer }) => writer.flush()));
    },
    async close() {
      await Promise.all(writers.map(({ writer }) => writer.close()));
    },
  };

  function createBuiltInLogger(): Logger {
    if (config.logConsole) writers.push({ writer: consoleWriter, level: config.logLevel });
    if (config.log) {
      const console = createLogger(flag, config.logRedact, [{ writer: consoleWriter, level: "debug" }]);
      writers.push({ writer: createFileWriter(config.log, console), level: config.log.level });
    }
    return createLogger(flag, config.logRedact, writers);
  }

  /** Reports a failing disk to the terminal, and the lost lines when the file can be written again. */
  function createFileWriter({ path, file, split }: LogFileOptions, console: Logger): LineWriter {
    return new LineWriter({
      placeAt: createRotation({ folder: path, file, split }),
      onFailure: (err) => console.error({ err, path, file }, "the log file cannot be written"),
      onRecovery: (lostLines) => logger.warn({ lostLines }, "the log file can be written again"),
    });
  }
}

/** pino's numbers. zap's levels `dpanic` and `panic` are between error and fatal. */
const levelNumbers: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  dpanic: 53,
  panic: 56,
  fatal: 60,
};

function createLogger(flag: string, redact: readonly string[], writers: readonly LevelledWriter[]): Logger {
  const streams: StreamEntry<number>[] = writers.map(({ writer, level }) => ({
    stream: writer,
    level: levelNumbers[level],
  }));
  const [least] = writers.map(({ level }) => level).sort((a, b) => levelNumbers[a] - levelNumbers[b]);
  const options = {
    level: least ?? "silent",
    customLevels: levelNumbers,
    base: { module: flag },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: [...redact],
  };
  try {
    const [only] = streams;
    return pino(
      options,
      streams.length === 1 && only ? only.stream : multistream(streams, { levels: levelNumbers }),
    );
  } catch (cause) {
    throw new ConfigurationError(`${titleOf(flag)}: logRedact: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Creates a function that returns the path for a time. The local time precedes the file name: `test.log` at 22 h on 22
 * April 2021 is `2021-04-22-22-test.log`. It runs for every line, so it computes the name once per interval.
 */
export function createRotation({
  folder,
  file,
  split,
}: {
  folder: string;
  file: string;
  split: SplitInterval;
}): (now: number) => string {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let path = "";
  return (now) => {
    // A clock can be set back before `start`.
    if (now < start || now >= end) {
      const parts = timeParts(new Date(now), split);
      start = localTime(parts, 0);
      end = localTime(parts, 1);
      path = join(folder, `${timePrefix(parts)}-${file}`);
    }
    return path;
  };
}

/** Year, month from 1, day, hour and minute in local time, as many as the interval needs. */
function timeParts(time: Date, split: SplitInterval): number[] {
  const parts = [time.getFullYear(), time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes()];
  return parts.slice(0, { year: 1, month: 2, day: 3, hour: 4, minute: 5 }[split]);
}

const timePrefix = (parts: readonly number[]): string =>
  parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, "0")).join("-");

/** The start of the interval with these parts, or of a later one. */
function localTime(parts: readonly number[], intervalsLater: number): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts.map((part, index) =>
    index === parts.length - 1 ? part + intervalsLater : part,
  );
  return new Date(year, month - 1, day, hour, minute).getTime();
}

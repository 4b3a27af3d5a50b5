import { multistream, pino, type StreamEntry, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config/choices.js";
import type { LogFileOptions, ModuleConfig } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { ConfigurationError, titleOf } from "../errors.js";
import { GuardedLogger } from "./guarded-logger.js";
import { LineWriter } from "./line-writer.js";
import { createRotation } from "./rotation.js";

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

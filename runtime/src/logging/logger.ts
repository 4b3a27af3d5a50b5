import { pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config/choices.js";
import type { LogFileOptions, ModuleConfig } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { ConfigurationError, titleOf } from "../errors.js";
import { GuardedLogger } from "./guarded-logger.js";
import { LineWriter } from "./line-writer.js";
import { type LogLevels, LogTargets, levelNumbers } from "./log-targets.js";
import { createRotation } from "./rotation.js";

/** A module's logger and its targets. */
export interface ModuleLogger {
  readonly logger: Logger;
  /** Undefined if the logger was injected, or nothing is logged. */
  readonly levels: LogLevels | undefined;
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

/**
 * Creates the logger of a module. It writes to the terminal, to a file, to both or to neither, or to the injected logger,
 * which is never flushed or closed.
 * @throws ConfigurationError for an invalid redaction path
 */
export function createModuleLogger(flag: string, config: LogConfig): ModuleLogger {
  const writers: LineWriter[] = [];
  const targets = new LogTargets();
  const logger = new GuardedLogger(config.logger ?? createBuiltInLogger(), config.logger && { module: flag });
  for (const warning of config.warnings) logger.warn({}, warning);
  return {
    logger,
    levels: targets.isEmpty ? undefined : targets,
    async flush() {
      await Promise.all(writers.map((writer) => writer.flush()));
    },
    async close() {
      await Promise.all(writers.map((writer) => writer.close()));
    },
  };

  function createBuiltInLogger(): Logger {
    if (config.logConsole) add(consoleWriter, config.logLevel);
    if (config.log) {
      const terminal = new LogTargets();
      terminal.add(consoleWriter, "debug");
      add(createFileWriter(config.log, createLogger(flag, config.logRedact, terminal)), config.log.level);
    }
    return createLogger(flag, config.logRedact, targets);
  }

  function add(writer: LineWriter, level: LogLevel): void {
    writers.push(writer);
    targets.add(writer, level);
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

function createLogger(flag: string, redact: readonly string[], targets: LogTargets): Logger {
  const options = {
    // The targets decide: a child of pino keeps the level that its parent had when it was created.
    level: targets.isEmpty ? "silent" : "debug",
    customLevels: levelNumbers,
    base: { module: flag },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: [...redact],
  };
  try {
    const isLevelEnabled = (level: string) => targets.isEnabled(level);
    return Object.assign(pino(options, targets), { isLevelEnabled });
  } catch (cause) {
    throw new ConfigurationError(`${titleOf(flag)}: logRedact: ${(cause as Error).message}`, {
      cause,
    });
  }
}

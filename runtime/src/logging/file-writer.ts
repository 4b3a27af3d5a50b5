import type { LogFileOptions } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { LineWriter } from "./line-writer.js";
import { createRotation } from "./rotation.js";

export interface FileWriterOptions {
  readonly log: LogFileOptions;
  /** Who is told that the file could not be written; the reports must not depend on the file. */
  readonly console: Logger;
  /** Who is told how much was lost, once the file can be written again. */
  readonly logger: () => Logger;
}

/** The log file of a module. A disk that fails is reported, and the service goes on. */
export const createFileWriter = ({ log, console, logger }: FileWriterOptions): LineWriter =>
  new LineWriter({
    placeAt: createRotation({ folder: log.path, file: log.file, split: log.split }),
    onFailure: (err) =>
      console.error({ err, path: log.path, file: log.file }, "the log file cannot be written"),
    onRecovery: (lostLines) => logger().warn({ lostLines }, "the log file can be written again"),
  });

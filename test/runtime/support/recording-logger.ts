import type { Logger } from "wsgen-runtime";

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string | undefined;
}

/** A logger that keeps what it is told. */
export interface RecordingLogger extends Logger {
  readonly lines: LogLine[];
}

export function recordingLogger(lines: LogLine[] = [], own: object = {}): RecordingLogger {
  const at = (level: string) => (fields: object, message?: string) => {
    lines.push({ level, fields: { ...own, ...fields }, message });
  };
  return {
    lines,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    child: (fields) => recordingLogger(lines, { ...own, ...fields }),
  };
}

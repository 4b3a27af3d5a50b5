import { pino } from "pino";

/** Data of a command, with the members hidden that the log hides. */
export type MaskData = (command: string, data: unknown) => unknown;

/**
 * Hides what `logRedact` hides in the lines of the log, with the same paths: `data.password`.
 * @param paths checked when the module's logger was created
 */
export function createMask(paths: readonly string[]): MaskData {
  if (paths.length === 0) return (_command, data) => data;
  let line = "";
  const write = (text: string): void => {
    line = text;
  };
  const log = pino({ base: null, timestamp: false, redact: [...paths] }, { write });
  return (command, data) => {
    log.info({ command, data });
    return (JSON.parse(line) as { readonly data?: unknown }).data;
  };
}

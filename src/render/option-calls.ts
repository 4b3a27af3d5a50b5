import { isRecord } from "../spec-file/json.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../spec-file/option-table.js";
import type { Json, JsonObject, OptionValue } from "../spec-file/spec.js";

/** A call of one of the runtime's functional options: `setMaxMessageSize(16384)`. */
export interface OptionCall {
  readonly callee: string;
  readonly args: readonly Json[];
}

/** The calls of functional options for a module's `config:`, in the order as written. */
export const createModuleCalls = (config: readonly OptionValue[]): readonly OptionCall[] =>
  createCalls(config, moduleOptions);

/** The calls of functional options for a command's `config:`. */
export const createCommandCalls = (config: readonly OptionValue[]): readonly OptionCall[] =>
  createCalls(config, commandOptions);

function createCalls(
  config: readonly OptionValue[],
  options: readonly OptionFormat[],
): readonly OptionCall[] {
  return config.flatMap(({ option, value }) => {
    const format = options.find(({ name }) => name === option);
    const args = format && createArguments(format, value);
    return format && args ? [{ callee: format.setter[0], args }] : [];
  });
}

/** The arguments of a setter; undefined if the value is the default, so that no call is needed. */
function createArguments(
  { name, setter: [, first, ...others], short, default: fallback }: OptionFormat,
  value: Json,
): readonly Json[] | undefined {
  // A setter without arguments disables a default.
  if (first === undefined) return value === false ? [] : undefined;
  // `true` means an object with all defaults.
  if (short?.value.type === "boolean" && typeof value === "boolean") {
    if (value) return fallback === undefined ? [] : undefined;
    return fallback === undefined ? undefined : [false];
  }
  if (!isRecord(value)) return [value];
  if (name === "tls") return [toTlsFiles(value)];
  if (others.length === 0) return [value];
  const { [first]: own = null, ...rest } = value;
  return Object.keys(rest).length === 0 ? [own] : [own, rest];
}

const toTlsFiles = ({ cert = "", key = "", ca, requestCert }: JsonObject): JsonObject => ({
  certFile: cert,
  keyFile: key,
  ...(ca !== undefined && { caFile: ca }),
  ...(requestCert !== undefined && { requestCert }),
});

import { commandOptions, moduleOptions, type OptionFormat } from "../spec-file/option-table.js";
import type { Json, OptionValue } from "../spec-file/spec.js";

/** A call of one of the runtime's functional options: `setMaxMessageSize(16384)`. */
export interface OptionCall {
  readonly callee: string;
  readonly args: readonly Json[];
}

/** The calls of functional options for a module's `config:`, in the order as written. */
export const moduleOptionCalls = (config: readonly OptionValue[]): readonly OptionCall[] =>
  callsOf(config, moduleOptions);

/** The calls of functional options for a command's `config:`. */
export const commandOptionCalls = (config: readonly OptionValue[]): readonly OptionCall[] =>
  callsOf(config, commandOptions);

function callsOf(config: readonly OptionValue[], options: readonly OptionFormat[]): readonly OptionCall[] {
  return config.flatMap(({ option, value }) => {
    const format = options.find(({ name }) => name === option);
    const args = format && argumentsOf(format, value);
    return args === undefined ? [] : [{ callee: format?.callee ?? option, args }];
  });
}

/** The arguments of a setter; undefined if the value is the default, so that no call is needed. */
function argumentsOf(
  { name, setter, callee, short }: OptionFormat,
  value: Json,
): readonly Json[] | undefined {
  // A setter without arguments disables a default.
  if (setter.endsWith("()")) return value === false ? [] : undefined;
  // `true` means an object with all defaults.
  if (short?.value.type === "boolean" && typeof value === "boolean") return value ? [] : undefined;
  const fields = fieldsOf(value);
  if (fields === undefined) return [value];
  if (name === "tls") return [tlsFiles(fields)];
  if (!setter.startsWith(`${callee}(port,`)) return [value];
  const { port = 0, ...rest } = fields;
  return Object.keys(rest).length === 0 ? [port] : [port, rest];
}

type Fields = { readonly [key: string]: Json };

const tlsFiles = ({ cert = "", key = "", ca, requestCert }: Fields): Fields => ({
  certFile: cert,
  keyFile: key,
  ...(ca !== undefined && { caFile: ca }),
  ...(requestCert !== undefined && { requestCert }),
});

const fieldsOf = (value: Json): Fields | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : undefined;

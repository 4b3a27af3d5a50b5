import { commandOptions, moduleOptions } from "../spec/option-table.js";
import type { Json, OptionValue } from "../spec/spec.js";

/** A call of one of the runtime's functional options: `setMaxMessageSize(16384)`. */
export interface OptionCall {
  readonly callee: string;
  readonly args: readonly Json[];
}

/** The calls of functional options that a module's `config:` stands for, in the order as written. */
export function moduleOptionCalls(config: readonly OptionValue[], flag: string): readonly OptionCall[] {
  const level = config.find(({ option }) => option === "logLevel")?.value ?? "debug";
  const defaults = { path: "logs", file: `${flag}.log`, level, split: "hour" };
  return config.flatMap(({ option, value }) => {
    const args = option === "log" ? logArguments(value, defaults) : argumentsOf(option, value);
    return args === undefined ? [] : [{ callee: MODULE_SETTERS.get(option) ?? option, args }];
  });
}

/** The same for a command's `config:`. */
export const commandOptionCalls = (config: readonly OptionValue[]): readonly OptionCall[] =>
  config.flatMap(({ option, value }) => {
    const args = argumentsOf(option, value);
    return args === undefined ? [] : [{ callee: COMMAND_SETTERS.get(option) ?? option, args }];
  });

const MODULE_SETTERS = new Map(moduleOptions.map(({ name, callee }) => [name, callee]));
const COMMAND_SETTERS = new Map(commandOptions.map(({ name, callee }) => [name, callee]));

/** Options whose setter takes no argument and switches off; `true` is the default and needs no call. */
const SWITCHES = new Set(
  [...moduleOptions, ...commandOptions].filter(({ setter }) => setter.endsWith("()")).map(({ name }) => name),
);

/** The arguments of a setter; undefined when the value is the default and there is nothing to call. */
function argumentsOf(option: string, value: Json): readonly Json[] | undefined {
  if (SWITCHES.has(option)) return value === false ? [] : undefined;
  const fields = fieldsOf(value);
  switch (option) {
    case "pprof":
      return fields === undefined
        ? [value]
        : [fields.port ?? 0, ...("host" in fields ? [{ host: fields.host ?? "" }] : [])];
    case "admin": {
      const { port = 0, ...access } = fields ?? {};
      return [port, access];
    }
    case "compression":
      return fields === undefined ? (value === true ? [] : undefined) : [fields];
    case "inboundQueue":
      return [fields?.frames ?? 128, fields?.bytes ?? 1_048_576];
    case "commandRate":
      return fields === undefined
        ? [value]
        : [fields.perSecond ?? 1, ...("burst" in fields ? [fields.burst ?? 1] : [])];
    case "tls":
      return [tlsFiles(fields ?? {})];
    default:
      return [value];
  }
}

type Fields = { readonly [key: string]: Json };

/** Positional arguments up to the last that is given; those before it that are not get their defaults. */
function logArguments(value: Json, defaults: Fields): readonly Json[] | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return value === true ? [] : undefined;
  const names = ["path", "file", "level", "split"];
  const last = names.findLastIndex((name) => name in fields);
  return names.slice(0, last + 1).map((name) => fields[name] ?? defaults[name] ?? "");
}

const tlsFiles = ({ cert = "", key = "", ca, requestCert }: Fields): Fields => ({
  certFile: cert,
  keyFile: key,
  ...(ca !== undefined && { caFile: ca }),
  ...(requestCert !== undefined && { requestCert }),
});

const fieldsOf = (value: Json): Fields | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : undefined;

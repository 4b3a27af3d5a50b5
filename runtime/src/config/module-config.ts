import type { SetCommandConfig, SetWSServerConfig } from "../contract.js";
import { ConfigurationError, Mode, titleOf } from "../errors.js";
import { moduleOptions } from "../options.js";
import { isObject } from "../validation/json-value.js";
import { type LogLevel, toLogLevel } from "./choices.js";
import { checkOptions, collectOptions, show } from "./collect-options.js";
import type { CommandConfig, ModuleConfig, ModuleOptions } from "./module-types.js";
import { commandRules, moduleRules } from "./option-rules.js";

/**
 * Returns the checked options of a module. Options that were not set have their defaults.
 * @throws ConfigurationError for an unknown option or a value out of range.
 */
export function resolveModuleConfig(flag: string, options: readonly SetWSServerConfig[]): ModuleConfig {
  const owner = { kind: "module", title: titleOf(flag) } as const;
  const values = collectOptions(owner, options, moduleRules);
  const warnings: string[] = [];
  const toKnownLevel = (level: unknown, fallback: LogLevel): LogLevel => {
    if (level === undefined) return fallback;
    const known = toLogLevel(level);
    const shown = typeof level === "string" ? level : show(level);
    if (known === undefined) warnings.push(`unknown log level ${shown}; debug is used`);
    return known ?? "debug";
  };
  const logLevel = toKnownLevel(values.logLevel, moduleOptions.logLevel.default);
  const complete = {
    mode: process.env.NODE_ENV === "production" ? Mode.product : Mode.debug,
    ...values,
    logLevel,
    log: completeLog(values.log, flag, (level) => toKnownLevel(level, logLevel)),
  };
  const config = checkOptions<ModuleOptions>(owner, complete, moduleRules);
  for (const [name, { check, fields }] of Object.entries(config.events)) {
    refuseUnknown(config, `${owner.title}, event ${JSON.stringify(name)}`, { check, fields });
  }
  if (config.rawHandler !== undefined && config.guards.length > 0) {
    throw new ConfigurationError(
      `${owner.title}: setRawHandler handles every frame itself, so the guards of the module would never run. ` +
        "Check the client in `connect` or in the handler, and remove the guards.",
    );
  }
  return { ...config, warnings };
}

/**
 * Returns the checked options of a command. Options that were not set have the module's values or their defaults.
 * @throws ConfigurationError for an unknown option or a value out of range.
 */
export function resolveCommandConfig(
  flag: string,
  command: string,
  options: readonly SetCommandConfig[],
  moduleConfig: ModuleConfig,
): CommandConfig {
  const title = `${titleOf(flag)}, command ${JSON.stringify(command)}`;
  const owner = { kind: "command", title } as const;
  const values = collectOptions(owner, options, commandRules);
  const config = checkOptions<CommandConfig>(
    owner,
    { executeTimeout: moduleConfig.executeTimeout, ...values },
    commandRules,
  );
  refuseUnknown(moduleConfig, title, { check: config.replyCheck, fields: config.knownFields });
  return config;
}

/** Refuses `replyFields: known` for data with a schema but without a list of its fields: it would be sent whole. */
function refuseUnknown(
  { replyFields }: ModuleOptions,
  title: string,
  { check, fields }: { readonly check: unknown; readonly fields: unknown },
): void {
  if (replyFields !== "known" || check === undefined || fields !== undefined) return;
  throw new ConfigurationError(
    `${title}: replyFields is known, but the module has no generated list of fields. ` +
      "Put `replyFields: known` into the config of the module in the spec and run wsgen generate.",
  );
}

function completeLog(log: unknown, flag: string, toKnownLevel: (level: unknown) => LogLevel): unknown {
  if (!isObject(log)) return log;
  return {
    ...log,
    file: log.file ?? `${flag.replaceAll(notInFileNames, "_")}.log`,
    level: toKnownLevel(log.level),
  };
}

/** Characters that some file system does not allow in a name. */
const notInFileNames = /[/\\:*?"<>|\u0000-\u001f]/g;

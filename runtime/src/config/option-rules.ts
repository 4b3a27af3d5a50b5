import { commandOptions, moduleOptions, type OptionData, type OptionValue } from "../options.js";
import { type Check, checkOf } from "./checks.js";
import { commandChecks, moduleChecks, type OwnChecks } from "./option-checks.js";

/** One option of the table and the check of its values. */
export interface OptionRule extends OptionData {
  readonly check: Check;
  /** The unit of its numbers. */
  readonly unit: string | undefined;
  /** The defaults of the members of an object. */
  readonly memberDefaults: Readonly<Record<string, unknown>>;
}

export type OptionRules<Table> = { readonly [Name in keyof Table]: OptionRule };

function rulesOf<Table extends Readonly<Record<string, OptionData>>>(
  table: Table,
  checks: OwnChecks<Table>,
): OptionRules<Table> {
  const rules = Object.entries<OptionData>(table).map(([name, option]): [string, OptionRule] => {
    const { [name]: own }: Readonly<Record<string, Check>> = checks;
    // An option without a value has a check of its own: the type of `checks` demands it.
    const check = own ?? checkOf(option.value as OptionValue);
    return [
      name,
      { ...option, check, unit: unitOf(option.value), memberDefaults: own ? {} : defaultsOf(option.value) },
    ];
  });
  return Object.fromEntries(rules) as OptionRules<Table>;
}

function unitOf(value: OptionValue | undefined): string | undefined {
  switch (value?.type) {
    case "size":
      return "bytes";
    case "duration":
      return "seconds";
    case "integer":
    case "number":
      return value.unit;
    case "object": {
      const units = Object.values(value.fields).flatMap((field) => unitOf(field.value) ?? []);
      return units.length === 0 ? undefined : units.join(", ");
    }
    default:
      return undefined;
  }
}

const defaultsOf = (value: OptionValue | undefined): Readonly<Record<string, unknown>> =>
  value?.type !== "object"
    ? {}
    : Object.fromEntries(
        Object.entries(value.fields).flatMap(([name, field]) =>
          field.default === undefined ? [] : [[name, field.default]],
        ),
      );

/** The options of a module by name. */
export const moduleRules = rulesOf(moduleOptions, moduleChecks);

/** The options of a command by name. */
export const commandRules = rulesOf(commandOptions, commandChecks);

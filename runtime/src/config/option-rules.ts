import { commandOptions, moduleOptions, type OptionData, type OptionValue } from "../options.js";
import { type Check, createCheck } from "./checks.js";
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

function createRules<Table extends Readonly<Record<string, OptionData>>>(
  table: Table,
  checks: OwnChecks<Table>,
): OptionRules<Table> {
  const rules = Object.entries<OptionData>(table).map(([name, option]): [string, OptionRule] => {
    const { [name]: own }: Readonly<Record<string, Check>> = checks;
    // An option without a value has a check of its own: the type of `checks` demands it.
    const check = own ?? createCheck(option.value as OptionValue);
    return [
      name,
      {
        ...option,
        check,
        unit: findUnit(option.value),
        memberDefaults: own ? {} : readDefaults(option.value),
      },
    ];
  });
  return Object.fromEntries(rules) as OptionRules<Table>;
}

function findUnit(value: OptionValue | undefined): string | undefined {
  switch (value?.type) {
    case "size":
      return "bytes";
    case "duration":
      return "seconds";
    case "integer":
    case "number":
      return value.unit;
    case "object": {
      const units = Object.values(value.fields).flatMap((field) => findUnit(field.value) ?? []);
      return units.length === 0 ? undefined : units.join(", ");
    }
    default:
      return undefined;
  }
}

const readDefaults = (value: OptionValue | undefined): Readonly<Record<string, unknown>> =>
  value?.type !== "object"
    ? {}
    : Object.fromEntries(
        Object.entries(value.fields).flatMap(([name, field]) =>
          field.default === undefined ? [] : [[name, field.default]],
        ),
      );

/** The options of a module by name. */
export const moduleRules = createRules(moduleOptions, moduleChecks);

/** The options of a command by name. */
export const commandRules = createRules(commandOptions, commandChecks);

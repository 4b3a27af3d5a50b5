import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as commandOptions from "../../../runtime/src/config/command-options.js";
import * as moduleOptions from "../../../runtime/src/config/module-options.js";
import { commandRules, moduleRules, type OptionRule } from "../../../runtime/src/config/option-rules.js";
import type { OptionTarget } from "../../../runtime/src/contract.js";
import type { OptionValue } from "../../../runtime/src/options.js";

const path = fileURLToPath(new URL("../../../docs/options.md", import.meta.url));

type Rules = Readonly<Record<string, OptionRule>>;

const table = (rules: Rules): string =>
  [
    "| option | in code | in the spec, below `config:` | default | unit | allowed | effect |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...Object.entries(rules).map(([name, rule]) =>
      row([
        `\`${name}\``,
        settersOf(rule)
          .map(([name, ...args]) => `\`${name}(${args.join(", ")})\``)
          .join(", "),
        formInSpec(name, rule),
        rule.defaultText ?? `\`${JSON.stringify(rule.default).replaceAll('"', "")}\``,
        rule.unit ?? "",
        rule.check.range,
        rule.scope !== undefined
          ? `${rule.description} Modules that share a port must agree on it.`
          : rule.description,
      ]),
    ),
  ].join("\n");

const settersOf = ({ setter, otherSetter }: OptionRule) =>
  otherSetter === undefined ? [setter] : [setter, otherSetter];

function formInSpec(name: string, { value, short }: OptionRule): string {
  if (value === undefined) return "code only";
  const forms = [short?.value, value].filter((each) => each !== undefined);
  return forms.map((each) => `\`${name}: ${formOf(each, each === short?.value)}\``).join(" or ");
}

function formOf(value: OptionValue, isShort: boolean): string {
  switch (value.type) {
    case "boolean":
      return isShort ? "true" : "true | false";
    case "integer":
      return value.unit ?? "number";
    case "choice":
      return value.choices.join(" | ");
    case "list":
      return `[${formOf(value.items, isShort)}, …]`;
    case "anyOf":
      return value.values.map((each) => formOf(each, isShort)).join(" | ");
    case "object":
      return `{ ${Object.keys(value.fields).join(", ")} }`;
    default:
      return value.type;
  }
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

const document = `# Options

<!-- Written from runtime/src/options.ts: \`npm run regenerate\`. -->

An option is a function of \`wsgen-runtime\`: a module returns those it wants from \`getWSServerConfig()\`, a command from
\`getConfigOption()\`. A value that is not allowed stops the start with an error that names the module and the option.
In the spec, a size is a number of bytes or text such as \`16KiB\`, and a duration is a number of seconds or text such
as \`500ms\` or \`2m\`; the generated code calls the functions.

## Options of a module

${table(moduleRules as Rules)}

## Options of a command

${table(commandRules as Rules)}
`;

describe("docs/options.md", () => {
  it("is what the rules say", () => {
    if (process.env.UPDATE === "1") writeFileSync(path, document);
    expect(readFileSync(path, "utf8")).toBe(document);
  });
});

describe("every functional option", () => {
  const namesOf = (rules: Rules) =>
    Object.values(rules).flatMap((rule) => settersOf(rule).map(([name]) => name));

  it("is in the rules, and every function of the rules exists", () => {
    expect(namesOf(moduleRules as Rules).sort()).toEqual(Object.keys(moduleOptions).sort());
    expect(namesOf(commandRules as Rules).sort()).toEqual(Object.keys(commandOptions).sort());
  });

  it("has the maximum of its range in its comment", () => {
    const sources = ["module-options", "command-options"].map((name) =>
      readFileSync(new URL(`../../../runtime/src/config/${name}.ts`, import.meta.url), "utf8"),
    );
    const rules: OptionRule[] = [...Object.values(moduleRules), ...Object.values(commandRules)];
    const numbers = rules.flatMap((rule) => {
      const {
        value,
        setter: [setter],
      } = rule;
      return value && "maximum" in value ? [[setter, value.maximum.toLocaleString("en")] as const] : [];
    });
    const missing = numbers.filter(([setter, maximum]) => {
      const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport const ${setter} =`).exec(
        sources.join("\n"),
      )?.[1];
      return !comment?.includes(maximum);
    });
    expect(numbers.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it("sets the option that the rules say it sets", () => {
    const check = <Kind extends "module" | "command">(kind: Kind, functions: object, rules: Rules) => {
      for (const [name, create] of Object.entries(functions)) {
        const names: string[] = [];
        const target: OptionTarget<Kind> = { kind, set: (option) => void names.push(option) };
        create({})(target);
        const setters = names.flatMap((option) => settersOf(rules[option]!).map(([name]) => name));
        expect([names.length, setters]).toEqual([1, expect.arrayContaining([name])]);
      }
    };
    check("module", moduleOptions, moduleRules as Rules);
    check("command", commandOptions, commandRules as Rules);
  });
});

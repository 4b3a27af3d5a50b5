import type { CommandTest, CompiledModule, Conversions } from "../compile-schemas/compile-schemas.js";
import type { HandshakeSamples } from "../compile-schemas/handshake-fields.js";
import { type CommandModel, type GuardModel, guardFile, type ModuleModel } from "../model/model.js";
import { importClause, importPath, samplePath } from "../model/paths.js";
import { docComment, literal } from "../schema/encode.js";
import { conversionSource, importSource } from "./encoders.js";

/** The view of `<module>.module.ts`. */
export const moduleView = (module: ModuleModel) => ({
  className: module.className,
  doc: docComment([module.description || `The module ${module.wireName}.`]),
  optionsName: module.optionsName,
  contextType: module.contextType,
  connectContextType: module.connectContextType,
  stateType: module.stateType,
  hasPresence: module.presence !== undefined,
  publicStateType: module.publicStateType,
  presenceType: module.presenceType,
  generatedImport: importPath(module.files.module, module.files.generated),
  commands: module.commands.map(({ className, exportedAs, file }) => ({
    className,
    clause: importClause(className, exportedAs),
    importPath: importPath(module.files.module, file),
  })),
  hasCommands: module.commands.length > 0,
  flag: module.flag,
  port: module.port,
  urls: module.urls,
});

/** The view of `<name>.command.ts`. */
export const commandView = (module: ModuleModel, command: CommandModel) => ({
  className: command.className,
  doc: docComment([command.description || `The command ${command.wireName}.`]),
  wireName: command.wireName,
  requestType: command.requestType,
  replyType: command.replyType,
  optionsName: command.optionsName,
  contextType: command.contextType,
  generatedImport: importPath(command.file, module.files.generated),
});

/** The view of `<name>.guard.ts`. */
export function guardView(module: ModuleModel, guard: GuardModel) {
  const file = guardFile(module, guard);
  return {
    wireName: guard.wireName,
    functionName: guard.functionName,
    contextType: module.commandContextType,
    generatedImport: importPath(file, module.files.generated),
    stateType: module.hasState ? module.stateType : "",
    moduleImport: importPath(file, module.files.module),
  };
}

/** The view of `test/<module>.setup.ts`. */
export function testSetupView(module: ModuleModel, samples: HandshakeSamples = new Map()) {
  const query = new URLSearchParams(
    Object.entries(samples.get("query") ?? {}).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
    ),
  ).toString();
  const cookie = Object.entries(samples.get("cookies") ?? {})
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join("; ");
  const headers = Object.entries(samples.get("headers") ?? {}).map(([name, value]) => [name, String(value)]);
  const sent = { ...Object.fromEntries(headers), ...(cookie !== "" && { cookie }) };
  return {
    className: module.className,
    clause: importClause(module.className, module.exportedAs),
    moduleImport: importPath(module.files.setup, module.files.module),
    generatedTestFile: module.files.generatedTest,
    path: `${samplePath(module, samples.get("params"))}${query === "" ? "" : `?${query}`}`,
    headers: Object.keys(sent).length === 0 ? "" : literal(sent),
  };
}

/** The function of `wsgen-runtime/testing` that creates a test of each kind, and the words in the test's title. */
const kinds = {
  example: { check: "expectReply", title: "answers as in" },
  failure: { check: "expectError", title: "fails as in" },
  answer: { check: "expectAnswer", title: "answers" },
  refusal: { check: "expectRefusal", title: "refuses" },
} as const;

/** The view of `test/<module>.gen.test.ts`. */
export function generatedTestView(module: ModuleModel, { tests, conversions }: CompiledModule) {
  const { files } = module;
  const commands = new Map(module.commands.map((command) => [command.wireName, command]));
  const cases = tests.flatMap((test) => {
    const command = commands.get(test.command);
    return command === undefined || test.kind === "todo"
      ? []
      : [testCase(test, command, { module, conversions })];
  });
  const todos = tests.filter(({ kind }) => kind === "todo");
  const validators = cases.flatMap(({ validator }) => (validator === "" ? [] : [validator]));
  const envelope = Object.keys(module.envelope).length === 0 ? "" : literal({ ...module.envelope });
  return {
    wireName: module.wireName,
    cases,
    todos: todos.map(({ command, source }, index) => ({
      isFirst: index === 0 && cases.length === 0,
      title: `${module.wireName}: ${command} answers ${source}: wsgen cannot make a sample from the schema; add an example to the spec`,
    })),
    hasTests: tests.length > 0,
    imports: (cases.length === 0
      ? []
      : [
          importSource(
            [...new Set(cases.map(({ check }) => check)), ...(envelope === "" ? [] : ["type TestSetup"])],
            "wsgen-runtime/testing",
          ),
          importSource([...new Set(validators)], importPath(files.generatedTest, files.generated)),
          importSource(
            [envelope === "" ? "setup" : "setup as ownSetup"],
            importPath(files.generatedTest, files.setup),
          ),
        ]
    ).join(""),
    envelope: cases.length === 0 ? "" : envelope,
  };
}

function testCase(
  test: CommandTest,
  command: CommandModel,
  { module: { wireName }, conversions }: { module: ModuleModel; conversions: Conversions },
) {
  const { check, title } = kinds[test.kind as keyof typeof kinds];
  const validator = test.kind === "answer" && command.reply !== undefined ? command.replyValidator : "";
  const members: [string, string][] = [
    ["command", literal(test.command)],
    ["file", literal(command.file)],
    ["request", literal(test.request)],
  ];
  if (test.reply !== undefined) members.push(["reply", literal(test.reply)]);
  if (test.error !== undefined) members.push(["error", literal(test.error)]);
  if (validator !== "") {
    members.push(["check", validator]);
    const conversion = conversions.replies.get(test.command);
    if (conversion !== undefined) members.push(["conversion", conversionSource(conversion)]);
  }
  return {
    check,
    validator,
    title: `${wireName}: ${test.command} ${title} ${test.source}`,
    members: members.map(([name, source]) => ({ name, source })),
  };
}

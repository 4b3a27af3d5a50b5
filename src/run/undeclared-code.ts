import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import type { Orphan } from "../scan/find-orphans.js";
import {
  findMisnamed,
  findUndeclared,
  type Misnamed,
  type UndeclaredClass,
} from "../scan/find-undeclared.js";
import type { ProjectState } from "./project-command.js";

/** Reports code that is not in the spec: files, classes in the lists, and commands with another name. */
export async function reportUndeclared(
  { model, files, orphans, summaries, generated }: ProjectState,
  severity: Diagnostic["severity"],
): Promise<readonly Diagnostic[]> {
  const pruned = generated.plan.operations.filter(({ action }) => action === "delete");
  const reported = new Set([...orphans, ...pruned].map(({ path }) => path));
  const undeclared = await findUndeclared({ model, summaries, orphans: reported });
  const misnamed = await findMisnamed(model, files, summaries);
  return [...orphans.map(reportOrphan), ...undeclared.map(reportClass), ...misnamed.map(reportName)].map(
    (found) => ({
      ...found,
      severity,
    }),
  );
}

type Found = Omit<Diagnostic & { readonly severity: "error" }, "severity">;

const descriptions: Record<Orphan["kind"], string> = {
  module: "is a module",
  command: "is a command",
  generated: "is generated for something",
  test: "tests a module",
};

const reportOrphan = ({ path, kind }: Orphan): Found => ({
  code: "orphan",
  message: `${path} ${descriptions[kind]} that the spec does not have.`,
  fix:
    kind === "test"
      ? "Delete it by hand, or npx wsgen generate --prune --force"
      : "npx wsgen generate --prune, or add it to the spec",
  at: startOf(path),
});

function reportClass({ kind, className, module, wireName, at }: UndeclaredClass): Found {
  const list = kind === "module" ? "newWebsocketServe(…)" : `the commands of ${module}`;
  const command = module === undefined ? "new module" : `add command ${shellWord(module)}`;
  return {
    code: "orphan",
    message: `${className} is in ${list}, but the spec has no such ${kind}.`,
    fix: `npx wsgen ${command} ${wireName === undefined ? "<name>" : shellWord(wireName)}, or remove it from the list`,
    at,
  };
}

function reportName({ module, command, answersTo, at }: Misnamed): Found {
  const words = [module.wireName, command.wireName, answersTo].map(shellWord).join(" ");
  return {
    code: "literal-differs",
    message: `${command.className}.getCommand() returns ${JSON.stringify(answersTo)}, expected ${JSON.stringify(command.wireName)} as in the spec.`,
    fix: `npx wsgen rename command ${words}, or let getCommand() return ${JSON.stringify(command.wireName)}`,
    at,
  };
}

const startOf = (file: string): Location => ({ file, line: 1, column: 1, length: 1 });

/** A name, quoted for a shell if needed. */
export const shellWord = (name: string): string =>
  /^[\w.:@-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;

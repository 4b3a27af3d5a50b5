// What happens to which file, as data: nothing is read or written here.
import { expect, test } from "vitest";
import type { Scope } from "../../../src/model/model.js";
import { planFiles } from "../../../src/plan/plan-files.js";
import { readModel } from "../../../src/read-model.js";
import type { Orphan } from "../../../src/scan/find-orphans.js";

const spec = `wsgen: 1
name: example
modules:
  chat:
    port: 8000
    urls: [/]
    commands: { say: {}, shout: {} }
`;
const { value: model } = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(spec) });
const main = "src/main.ts";
const module = "src/modules/chat/chat.module.ts";

function plan(
  existing: readonly string[],
  scope: Scope = { of: "project" },
  orphans: readonly Orphan[] = [],
) {
  const { operations } = planFiles({ model: model!, existing: new Set(existing), scope, orphans });
  return {
    actionOf: (path: string) => operations.find((each) => each.path === path)?.action,
    editsOf: (path: string) =>
      operations.flatMap((each) => (each.action === "edit" && each.path === path ? each.edits : [])),
    paths: operations.map(({ path }) => path),
  };
}

test("planFiles: creates absent files of the user, and edits existing ones", () => {
  const all = [main, module, "src/modules/chat/chat.gen.ts"];
  for (const path of [main, module]) {
    expect(plan(all).actionOf(path)).toBe("edit");
    expect(plan(all.filter((each) => each !== path)).actionOf(path)).toBe("create");
  }
});

test("planFiles: sets the port, the flag and the urls of a module", () => {
  const literals = plan([main, module])
    .editsOf(module)
    .filter(({ edit }) => edit === "set-literal");
  expect(literals).toMatchObject([
    { method: "handshakeURL", value: ["/"] },
    { method: "getModuleFlag", value: "chat" },
    { method: "getServerPort", value: 8000 },
  ]);
});

test("planFiles: changes only the command in scope", () => {
  const { paths, editsOf } = plan([main, module], { of: "command", module: "chat", command: "say" });
  expect(paths.filter((path) => path.endsWith(".command.ts"))).toEqual([
    "src/modules/chat/commands/say.command.ts",
  ]);
  expect(editsOf(module).filter(({ edit }) => edit === "add-list-element")).toMatchObject([
    { element: "SayCommand" },
  ]);
});

test("planFiles: deletes an orphan, and removes it from lists before anything is added", () => {
  const gone = "src/modules/bye/bye.module.ts";
  const orphans: readonly Orphan[] = [
    {
      path: gone,
      kind: "module",
      isNew: false,
      registrations: [{ file: main, element: "ByeModule", listOwner: undefined }],
    },
    {
      path: "src/modules/chat/commands/old.command.ts",
      kind: "command",
      isNew: false,
      registrations: [
        { file: module, element: "OldCommand", listOwner: "ChatModule" },
        { file: gone, element: "OldCommand", listOwner: "ByeModule" },
      ],
    },
  ];
  const { actionOf, editsOf } = plan([main, module, gone], { of: "project" }, orphans);
  for (const { path } of orphans) expect(actionOf(path)).toBe("delete");
  expect(editsOf(gone)).toEqual([]);
  expect(editsOf(main).slice(0, 2)).toMatchObject([
    { edit: "remove-serve-argument", element: "ByeModule" },
    { edit: "remove-import", name: "ByeModule" },
  ]);
  expect(editsOf(module).slice(0, 2)).toMatchObject([
    { edit: "remove-list-element", className: "ChatModule", element: "OldCommand" },
    { edit: "remove-import", name: "OldCommand" },
  ]);
});

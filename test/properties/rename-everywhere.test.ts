// What the compiler can resolve follows a renaming: code that reaches a client and events in every way that we know compiles
// against the real runtime before, in between and after, and renaming back gives the same bytes.
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readCase, setUp } from "../golden/golden-case.js";
import { compileProject } from "../support/compile-project.js";
import { runMain } from "../support/run-main.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
interface Renames {
  /** The golden case whose project is renamed. */
  readonly name: string;
  /** Files of the user, which the renames back must restore. */
  readonly own: readonly string[];
  /** The spec is restored, too, unless a name needs other quotes. */
  readonly there: readonly (readonly string[])[];
  readonly back: readonly (readonly string[])[];
  /** What is not an identifier takes other brackets. */
  readonly last: readonly (readonly string[])[];
}

const cases: readonly Renames[] = [
  {
    name: "rename-of-a-command-and-an-event-follows-wherever-a-type-leads",
    own: ["src/uses.ts", "web/chat.js", "wsgen.yaml"],
    there: [
      ["schema", "Message", "posted.message"],
      ["event", "chat", "message.posted", "posted"],
      ["command", "chat", "say", "shout"],
      ["module", "chat", "talk"],
    ],
    back: [
      ["module", "talk", "chat"],
      ["command", "chat", "shout", "say"],
      ["event", "chat", "posted", "message.posted"],
      ["schema", "posted.message", "Message"],
    ],
    last: [
      ["command", "chat", "say", "say it-twice"],
      ["event", "chat", "message.posted", "room:posted"],
    ],
  },
  {
    name: "rename-of-an-error-follows-to-the-users-code-and-to-clients",
    own: ["client/app.ts", "web/page.js", "src/modules/chat/commands/say.command.ts", "wsgen.yaml"],
    there: [
      ["error", "chat", "not_in_room", "outside"],
      ["error", "chat", "too_long_ago", "not_in_room"],
    ],
    back: [
      ["error", "chat", "not_in_room", "too_long_ago"],
      ["error", "chat", "outside", "not_in_room"],
    ],
    last: [["error", "chat", "not_in_room", "not-in: room"]],
  },
  {
    name: "rename-of-a-guard-that-another-file-declares-changes-only-the-name-in-the-module",
    own: [
      "src/modules/club/guards/logged-in.guard.ts",
      "src/modules/club/guards/admin.guard.ts",
      "wsgen.yaml",
    ],
    there: [
      ["guard", "club", "loggedIn", "member"],
      ["guard", "club", "admin", "loggedIn"],
    ],
    back: [
      ["guard", "club", "loggedIn", "admin"],
      ["guard", "club", "member", "loggedIn"],
    ],
    last: [["guard", "club", "fromOffice", "from.the office"]],
  },
  {
    name: "rename-of-a-field-follows-wherever-a-type-leads",
    own: [
      ...["src/uses.ts", "web/page.js", "src/modules/board/guards/logged-in.guard.ts"],
      ...["wsgen.yaml", "schemas/team.yaml"],
    ],
    there: [
      ["field", "User.name", "fullName"],
      ["field", "Bot.name", "full name"],
      ["field", "Team.name", "label"],
      ["field", "User.address.name", "street"],
      ["field", "board.assign.request.to", "user"],
      ["field", "board.assign.reply.members", "team"],
      ["field", "board.taken.details.by", "owner"],
      ["field", "board.presence.state.user", "who"],
      ["field", "Bot.kind", "type"],
    ],
    back: [
      ["field", "Bot.type", "kind"],
      ["field", "board.presence.state.who", "user"],
      ["field", "board.taken.details.owner", "by"],
      ["field", "board.assign.reply.team", "members"],
      ["field", "board.assign.request.user", "to"],
      ["field", "User.address.street", "name"],
      ["field", "Team.label", "name"],
      ["field", "Bot.full name", "name"],
      ["field", "User.fullName", "name"],
    ],
    last: [["field", "Team.lead", "lead: the first"]],
  },
];

for (const { name, ...renames } of cases)
  test(`${name}: the code compiles, and renaming back restores the bytes`, async () => {
    const project = await mkdtemp(join(tmpdir(), "wsgen-rename-"));
    onTestFinished(() => rm(project, { recursive: true, force: true }));
    const folder = fileURLToPath(new URL(`../golden/cases/rename/${name}/`, import.meta.url));
    await setUp(await readCase(folder), folder, project);
    await symlink(join(root, "node_modules"), join(project, "node_modules"));
    const readOwn = async () => Promise.all(renames.own.map((path) => readFile(join(project, path), "utf8")));
    const written = await readOwn();
    expect(await compileProject(project)).toBe("");
    const rename = async (words: readonly string[]): Promise<void> => {
      const { code, err } = await runMain(project, ["rename", ...words]);
      expect(code, err).toBe(0);
      expect(await compileProject(project), words.join(" ")).toBe("");
    };
    for (const words of [...renames.there, ...renames.back]) await rename(words);
    expect(await readOwn()).toEqual(written);
    for (const words of renames.last) await rename(words);
  }, 600_000);

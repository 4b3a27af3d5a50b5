// A field that no schema names, on its way from a generated project to a client.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectClient } from "wsgen-runtime/testing";
import { buildProject } from "../support/build-example.js";

const spec = (replyFields: string) => `
wsgen: 1
name: accounts
schemas:
  User:
    type: object
    required: [name]
    properties:
      name: { type: string }
      friends: { type: array, items: { $ref: "#/schemas/User" } }
modules:
  accounts:
    port: 0
    urls: [ws]
    config: { mode: product, logConsole: false, replyFields: ${replyFields} }
    errors:
      taken: { details: { by: { $ref: "#/schemas/User" } } }
    commands:
      claim: { errors: [taken] }
      find:
        reply:
          oneOf:
            - { type: object, required: [found], properties: { found: { const: false } } }
            - type: object
              required: [found, user]
              properties: { found: { const: true }, user: { $ref: "#/schemas/User" } }
    events:
      joined: { data: { $ref: "#/schemas/User" } }
`;

const findCommand = `import type { CommandContext, ICommand } from "wsgen-runtime";
import { accountsEvents, type FindReply, type FindRequest, findOptions } from "../accounts.gen.js";

const eve = { name: "Eve", passwordHash: "e" };
const user = { name: "Bob", passwordHash: "b", friends: [eve] };

export class FindCommand implements ICommand<FindRequest, FindReply> {
  getCommand = () => "find";
  getConfigOption = () => [...findOptions];
  execute({ module }: CommandContext): FindReply {
    accountsEvents(module).joined.all.emit(user);
    const row = { found: true as const, user, passwordHash: "r" };
    return row;
  }
}
`;

const claimCommand = `import type { CommandContext, ICommand } from "wsgen-runtime";
import { accountsErrors, type ClaimReply, type ClaimRequest, claimOptions } from "../accounts.gen.js";

const by = { name: "Bob", passwordHash: "b", friends: [{ name: "Eve", passwordHash: "e" }] };

export class ClaimCommand implements ICommand<ClaimRequest, ClaimReply> {
  getCommand = () => "claim";
  getConfigOption = () => [...claimOptions];
  execute(_ctx: CommandContext): ClaimReply {
    throw accountsErrors.taken({ by });
  }
}
`;

const serve = `import { newWebsocketServe } from "wsgen-runtime";
import { AccountsModule } from "./dist/src/modules/accounts/accounts.module.js";
const server = await newWebsocketServe(new AccountsModule());
process.send(server.ports[0]);
`;

const whole = { name: "Bob", passwordHash: "b", friends: [{ name: "Eve", passwordHash: "e" }] };
const trimmed = { name: "Bob", friends: [{ name: "Eve" }] };

test.each([
  { replyFields: "known", reply: { found: true, user: trimmed }, event: trimmed },
  { replyFields: "all", reply: { found: true, user: whole, passwordHash: "r" }, event: whole },
])("with replyFields: $replyFields", { timeout: 120_000 }, async ({ replyFields, reply, event }) => {
  await using project = await buildProject(new TextEncoder().encode(spec(replyFields)), async (folder) => {
    await writeFile(join(folder, "src/modules/accounts/commands/find.command.ts"), findCommand);
    await writeFile(join(folder, "src/modules/accounts/commands/claim.command.ts"), claimCommand);
    await writeFile(join(folder, "serve.js"), serve);
  });
  const server = spawn(process.execPath, [join(project.folder, "serve.js")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const [port] = await once(server, "message");
    await using client = await connectClient(`ws://127.0.0.1:${port}/accounts/ws`);
    expect(await client.request("find")).toEqual(reply);
    expect(await client.next()).toEqual({ event: "joined", data: event });
    const error = await client.request("claim").catch((thrown) => thrown);
    expect(error).toHaveProperty("code", "taken");
    expect(error).toHaveProperty("details", { by: event });
  } finally {
    await stop(server);
  }
});

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const closed = once(server, "close");
  server.kill("SIGTERM");
  await closed;
}

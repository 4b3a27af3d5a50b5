// Real clients talk to a real server, through the generated types: nothing here has a cast.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startModules, WebSocket } from "wsgen-runtime/testing";
import { createAccountClient, isLoginError } from "../client/account.client.gen.js";
import { createActivityClient } from "../client/activity.client.gen.js";
import {
  type BoardClient,
  createBoardClient,
  isAddError,
  isBoardRefusal,
  isFileError,
  isInviteError,
  isMoveError,
} from "../client/board.client.gen.js";
import { AccountModule } from "../src/modules/account/account.module.js";
import { ActivityModule } from "../src/modules/activity/activity.module.js";
import { BoardModule } from "../src/modules/board/board.module.js";
import type { Store } from "../src/store.js";
import { createExampleStore, tokenOf } from "./example-store.js";

/** A server on a free port, and clients of it. */
async function start(store: Store = createExampleStore()) {
  const modules = [new AccountModule(store), new BoardModule(store), new ActivityModule(store)] as const;
  const server = await startModules(...modules);
  const base = new URL(server.url("/board")).origin;
  return {
    account: () => createAccountClient(`${base}/account/ws`, { WebSocket }),
    board: (name: string, { board = "demo", token = tokenOf(name) } = {}) =>
      createBoardClient(base, { WebSocket, params: { board }, query: { token } }),
    activity: (last?: number) =>
      createActivityClient(base, { WebSocket, query: { token: tokenOf("ann"), last } }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      store.close();
    },
  };
}

/** What a call is rejected with. */
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail("The call was not rejected."),
    (error: unknown) => error,
  );

/** Why the client makes no further attempt to connect. */
const refusalOf = (client: BoardClient): Promise<unknown> =>
  new Promise((resolve) => {
    client.onState((change) => change.state === "closed" && resolve(change.error?.cause));
  });

test("a login returns a token, and the token opens a board", async () => {
  await using server = await start();
  await using account = server.account();
  const { token } = await account.login({ name: "ann", password: "ann's secret" });
  await using ann = server.board("ann", { token });
  assert.deepEqual(await ann.cards(), {
    role: "owner",
    cards: [{ number: 1, title: "Write the spec", column: "done", version: 1 }],
  });
  const error = await errorOf(account.login({ name: "ann", password: "a guess" }));
  assert.ok(isLoginError(error) && error.code === "wrong_password");
});

test("a client without a token or a membership learns why it is refused, and does not come back", async () => {
  await using server = await start();
  const stranger = await refusalOf(server.board("ann", { token: "a token that nobody has" }));
  assert.ok(isBoardRefusal(stranger) && stranger.code === "not_logged_in");
  const dan = await refusalOf(server.board("dan"));
  assert.ok(isBoardRefusal(dan) && dan.code === "no_member");
});

test("a parameter that does not fit its schema is refused before connect", async () => {
  await using server = await start();
  const refusal = await refusalOf(server.board("ann", { board: "Demo!" }));
  assert.ok(isBoardRefusal(refusal) && refusal.code === "invalid_request");
  assert.deepEqual(
    refusal.details.map(({ pointer }) => pointer),
    ["/params/board"],
  );
});

test("guards let each role do what it may, from the moment when it has it", async () => {
  await using server = await start();
  await using ann = server.board("ann");
  await using bob = server.board("bob");
  await using cid = server.board("cid");

  const refused = await errorOf(cid.add({ title: "Read it" }));
  assert.ok(isAddError(refused) && refused.code === "not_allowed");
  assert.equal(refused.details.needed, "writer");

  assert.equal((await bob.add({ title: "Draw it" })).column, "todo");
  const notYet = await errorOf(bob.invite({ name: "cid", role: "writer" }));
  assert.ok(isInviteError(notYet) && notYet.code === "not_allowed");
  assert.equal(notYet.details.needed, "owner");

  await ann.invite({ name: "cid", role: "writer" });
  assert.equal((await cid.add({ title: "Read it", column: "doing" })).number, 3);
  assert.equal((await cid.cards()).role, "writer");
});

test("two members move one card: the second one gets the card as it is now", async () => {
  await using server = await start();
  await using ann = server.board("ann");
  await using bob = server.board("bob");
  await bob.people();
  const changed = bob.once("changed");
  const card = await ann.move({ number: 1, column: "doing", version: 1 });
  assert.deepEqual(await changed, card);

  const error = await errorOf(bob.move({ number: 1, column: "todo", version: 1 }));
  assert.ok(isMoveError(error));
  switch (error.code) {
    case "outdated":
      assert.deepEqual(error.details.current, card);
      break;
    default:
      assert.fail(error.message);
  }
  const unknown = await errorOf(bob.move({ number: 9, column: "todo", version: 1 }));
  assert.ok(isMoveError(unknown) && unknown.code === "unknown_card");
});

test("the bytes of a file come back as they were", async () => {
  await using server = await start();
  await using ann = server.board("ann");
  const none = await errorOf(ann.file({ number: 1 }));
  assert.ok(isFileError(none) && none.code === "no_file");

  const content = Uint8Array.of(0, 1, 127, 128, 255);
  const card = await ann.attach({ number: 1, name: "all.bin", content });
  assert.equal(card.file, "all.bin");
  const file = await ann.file({ number: 1 });
  assert.deepEqual(file.content, content);
});

test("members see who comes and who leaves", async () => {
  await using server = await start();
  await using ann = server.board("ann");
  assert.deepEqual((await ann.people()).people, [{ name: "ann", role: "owner" }]);

  const came = ann.once("memberCame");
  const bob = server.board("bob");
  assert.deepEqual((await came).state, { name: "bob", role: "writer" });
  assert.deepEqual(
    (await bob.people()).people.map(({ name }) => name),
    ["ann", "bob"],
  );

  const left = ann.once("memberLeft");
  await bob.close();
  assert.equal((await left).state.name, "bob");
  assert.equal((await ann.people()).people.length, 1);
});

test("the activity starts with the last happenings, and goes on with those of all boards", async () => {
  await using server = await start();
  await using ann = server.board("ann");
  await ann.add({ title: "Draw it" });
  await ann.move({ number: 2, column: "doing", version: 1 });

  await using activity = server.activity(1);
  await using happenings = activity.events("happened");
  assert.deepEqual((await happenings.next()).value, {
    board: "demo",
    by: "ann",
    text: "moved Draw it to doing",
  });
  await ann.add({ title: "Read it" });
  assert.equal((await happenings.next()).value?.text, "added Read it");
});

test("cards, files and roles outlive the server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "board-"));
  const file = join(folder, "board.db");
  const content = Uint8Array.of(104, 105);
  try {
    {
      await using server = await start(createExampleStore(file));
      await using ann = server.board("ann");
      await ann.add({ title: "Keep me" });
      await ann.attach({ number: 2, name: "hi.txt", content });
      await ann.invite({ name: "dan", role: "reader" });
    }
    await using server = await start(createExampleStore(file));
    await using dan = server.board("dan");
    const { role, cards } = await dan.cards();
    assert.equal(role, "reader");
    assert.deepEqual(cards[1], {
      ...{ number: 2, title: "Keep me", column: "todo", version: 2, file: "hi.txt" },
    });
    assert.deepEqual(await dan.file({ number: 2 }), { name: "hi.txt", content });
  } finally {
    await rm(folder, { recursive: true });
  }
});

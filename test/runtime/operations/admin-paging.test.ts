import { afterEach, expect, test } from "vitest";
import { type AdminServer, startAdminServer } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const idsOf = (body: { connections: { id: string }[] }): string[] => body.connections.map(({ id }) => id);

test("a page goes on after the last one, while connections come and go", async () => {
  admin = await startAdminServer({});
  const open: Awaited<ReturnType<AdminServer["connect"]>>[] = [];
  for (let number = 0; number < 6; number += 1) open.push(await admin.connect());
  const ids = open.map(({ id }) => id);
  const list = async (query: string) => (await admin.ask(`/connections?${query}`)).body;
  const first = await list("limit=3");
  expect(idsOf(first)).toEqual(ids.slice(0, 3));

  const leave = async (index: number) => {
    await admin.ask(`/connections/${ids[index]}`, { method: "DELETE" });
    await open[index]?.client.closed;
  };
  // One of the first page, the one that the cursor names, and one of the next page.
  for (const index of [0, 2, 4]) await leave(index);
  const late = await admin.connect();
  const second = await list(`limit=3&cursor=${first.next}`);
  expect(idsOf(second)).toEqual([ids[3], ids[5], late.id]);
  expect(second.total).toBe(4);
  expect(second.next).toBeUndefined();
  // The same cursor gives the same page.
  expect(await list(`limit=3&cursor=${first.next}`)).toEqual(second);
});

test("the cursor of one module is no cursor of another", async () => {
  admin = await startAdminServer({ flag: "a" }, { flag: "b" });
  for (let number = 0; number < 2; number += 1) await admin.connect("", "a");
  const { body } = await admin.ask("/connections?limit=1");
  const { status } = await admin.ask(`/connections?module=b&cursor=${body.next}`);
  expect(status).toBe(400);
});

test("the pages of a room have each of its members once, the oldest first", async () => {
  admin = await startAdminServer({});
  const members = [];
  for (let number = 0; number < 5; number += 1) {
    members.push(await admin.connect(number % 2 === 0 ? "room=even&tag=t" : "tag=t"));
  }
  const even = members.filter((_, index) => index % 2 === 0).map(({ id }) => id);
  const found: string[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await admin.ask(`/connections?room=even&limit=1${cursor}`);
    found.push(...idsOf(body));
    expect(body.total).toBe(3);
    if (body.next === undefined) break;
    cursor = `&cursor=${body.next}`;
  }
  expect(found).toEqual(even);
});

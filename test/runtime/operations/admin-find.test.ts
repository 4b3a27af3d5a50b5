import { expect, test } from "vitest";
import type { Connection } from "../../../runtime/src/connection/connection.js";
import { OpeningOrder } from "../../../runtime/src/connection/opening-order.js";
import { findPage } from "../../../runtime/src/operations/admin-find.js";
import type { ServerState } from "../../../runtime/src/operations/operations-server.js";

/** A state with as many connections as a test cannot open; counts those that are looked at. */
function createState(connectionCount: number) {
  const connections = Array.from({ length: connectionCount }, (_, index) => {
    const serial = index + 1;
    const rooms = new Set(["all"]);
    return {
      serial,
      rooms,
      context: { remoteAddress: serial === connectionCount ? "192.0.2.1" : "192.0.2.2" },
    };
  }) as unknown as Connection[];
  const all = new Set(connections);
  const order = new OpeningOrder(connections);
  const looked = { count: 0 };
  const registry = {
    byId: { size: connections.length },
    members: () => all,
    *openedAfter(serial: number) {
      for (const connection of order.after(serial)) {
        looked.count += 1;
        yield connection;
      }
    },
  };
  const state = { modules: [{ runtime: { flag: "chat", registry } }] } as unknown as ServerState;
  return { state, looked };
}

const base = {
  module: undefined,
  room: undefined,
  tag: undefined,
  address: undefined,
  limit: 10,
  cursor: undefined,
};

test("a page looks at no more connections than it has, however many there are and however deep it is", () => {
  const { state, looked } = createState(100_000);
  const middle = Buffer.from("70000.chat").toString("base64url");
  for (const cursor of [undefined, middle]) {
    looked.count = 0;
    const { found, next, total } = findPage(state, { ...base, cursor });
    expect(found).toHaveLength(10);
    expect(found[0]?.connection.serial).toBe(cursor === undefined ? 1 : 70_001);
    expect(next).toBeDefined();
    expect(total).toBe(100_000);
    expect(looked.count).toBe(11);
  }
});

test("a page of a large room or of an address looks at 10,000 connections at most, and goes on after them", () => {
  const { state, looked } = createState(35_000);
  for (const filter of [{ address: "192.0.2.1" }, { room: "all", address: "192.0.2.1" }]) {
    const pages: number[] = [];
    let cursor: string | undefined;
    do {
      looked.count = 0;
      const page = findPage(state, { ...base, ...filter, cursor });
      expect(looked.count).toBeLessThanOrEqual(10_001);
      pages.push(page.found.length);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(pages).toEqual([0, 0, 0, 1]);
  }
});

// The admin API of one process shows and closes the connections of all.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClusterEngine, enableAdmin } from "wsgen-runtime";
import type { TestServer } from "wsgen-runtime/testing";
import { type AdminAnswer, type AdminRequest, askAdmin, token, urlOf } from "../operations/admin-client.js";
import { engines } from "./engines.js";
import { createNodes } from "./nodes.js";
import { type RoughEngine, roughen } from "./rough-engine.js";

describe.each(engines)("over $name", ({ prepare }) => {
  let rough: RoughEngine;
  const createCluster = prepare();
  let create: () => ClusterEngine;
  const nodes = createNodes(() => create());
  beforeEach(() => {
    rough = roughen(createCluster()());
    create = () => rough;
  });
  afterEach(() => nodes.close());

  const ask = (server: TestServer, path: string, request?: AdminRequest): Promise<AdminAnswer> =>
    askAdmin(urlOf(server) + path, request);
  const idsOf = ({ body }: AdminAnswer): string[] => body.connections.map(({ id }: { id: string }) => id);

  const start = async () => {
    const one = await nodes.start({ config: [enableAdmin(0, { token })] });
    const two = await nodes.start();
    const [ann, bob, cid] = [await nodes.enter(one), await nodes.enter(two), await nodes.enter(two)];
    await bob.request("join", { room: "r" });
    await cid.request("tag", { tag: "t" });
    await expect
      .poll(async () => {
        const { body } = await ask(one, "/cluster/connections?module=test");
        return body.connections.flatMap(({ rooms, tags }: { rooms: string[]; tags: string[] }) => [
          ...rooms,
          ...tags,
        ]);
      })
      .toEqual(["r", "t"]);
    return { one, two, ann, bob, cid };
  };

  test("lists the connections of all processes, by room and by tag, page by page", async () => {
    const { one, ann, bob, cid } = await start();
    const all = await ask(one, "/cluster/connections?module=test");
    expect(idsOf(all)).toEqual([ann.id, bob.id, cid.id]);
    const found = new Set(all.body.connections.map(({ node }: { node: string }) => node));
    expect(found.size).toBe(2);
    expect(all.body.connections[1]).toEqual({
      ...{ id: bob.id, node: expect.any(String), module: "test", route: "/test/ws", rooms: ["r"], tags: [] },
      ...{ remoteAddress: "127.0.0.1", connectedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(idsOf(await ask(one, "/cluster/connections?module=test&room=r"))).toEqual([bob.id]);
    expect(idsOf(await ask(one, "/cluster/connections?module=test&tag=t"))).toEqual([cid.id]);
    const first = await ask(one, "/cluster/connections?module=test&limit=2");
    const rest = await ask(one, `/cluster/connections?module=test&limit=2&cursor=${first.body.next}`);
    expect([...idsOf(first), ...idsOf(rest)]).toEqual([ann.id, bob.id, cid.id]);
    expect(rest.body.next).toBeUndefined();
  });

  test("shows and closes a connection of another process, and a room of all", async () => {
    const { one, ann, bob, cid } = await start();
    expect((await ask(one, `/cluster/connections/${bob.id}`)).body).toMatchObject({
      id: bob.id,
      rooms: ["r"],
    });
    const close = { method: "DELETE", body: { code: 4001, reason: "by ops" } };
    const closed = await ask(one, `/cluster/connections/${bob.id}`, close);
    expect(closed).toMatchObject({ status: 202, body: { closed: 0 } });
    expect(await bob.closed).toMatchObject({ code: 4001, reason: "by ops" });
    await expect
      .poll(async () => (await ask(one, `/cluster/connections/${bob.id}`)).body.error?.code)
      .toBe("unknown_connection");
    await ask(one, "/cluster/connections?module=test&tag=t", close);
    expect(await cid.closed).toMatchObject({ code: 4001 });
    const own = await ask(one, `/cluster/connections/${ann.id}`, { method: "DELETE" });
    expect(own).toMatchObject({ status: 202, body: { closed: 1 } });
    expect(await ann.closed).toMatchObject({ code: 1000 });
    const { entries } = (await ask(one, "/audit")).body;
    expect(entries.map(({ action }: { action: string }) => action)).toEqual([
      "closeClusterConnection",
      "closeClusterConnections",
      "closeClusterConnection",
    ]);
  });

  test("wrong requests, any cursor, and a cluster that is away have an answer", async () => {
    const { one, ann } = await start();
    const statusOf = async (query: string) => (await ask(one, `/cluster/connections${query}`)).status;
    expect(await statusOf("")).toBe(400);
    expect(await statusOf("?module=nope")).toBe(404);
    expect(await statusOf("?module=test&room=r&tag=t")).toBe(400);
    expect(await statusOf("/nobody")).toBe(404);
    for (const cursor of ["x", "%00", "W10", "~~~", "L".repeat(9_000)])
      expect([200, 400]).toContain(await statusOf(`?module=test&cursor=${cursor}`));
    rough.lose();
    const away = await ask(one, "/cluster/connections?module=test");
    expect(away).toMatchObject({ status: 503, body: { error: { code: "cluster_unavailable" } } });
    expect(await statusOf(`/${ann.id}`)).toBe(503);
    const close = { method: "DELETE" };
    expect((await ask(one, "/cluster/connections?module=test&room=r", close)).status).toBe(503);
    expect(await ask(one, "/readyz")).toMatchObject({ status: 200, body: { status: "degraded" } });
    rough.find();
  });
});

test("a module without a cluster is 409", async () => {
  await using admin = await (await import("../operations/admin-client.js")).startAdminServer({});
  for (const path of ["?module=test", "/x"])
    expect(await admin.ask(`/cluster/connections${path}`)).toMatchObject({
      status: 409,
      body: { error: { code: "no_cluster" } },
    });
});

// What a process gives to its engine.
import { expect, test, vi } from "vitest";
import { type ClusterEngine, memoryCluster } from "wsgen-runtime";
import { ClusterMember } from "../../../runtime/src/cluster/member.js";

test("many connections that change at once are stored in calls that an engine can answer in time", async () => {
  const memory = memoryCluster();
  const sizes: number[] = [];
  const engine: ClusterEngine = {
    name: "counting",
    async join(node) {
      const link = await memory.join(node);
      return {
        ...link,
        async store(entries, removed) {
          sizes.push(entries.length + removed.length);
          if (sizes.length === 1) throw new Error("once");
          return link.store(entries, removed);
        },
      };
    },
  };
  const log = { ...{ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), fatal: vi.fn() } };
  const member = await ClusterMember.join(engine, { ...log, child: () => ({ ...log, child: vi.fn() }) });
  try {
    const ids = Array.from({ length: 2_500 }, (_each, index) => `c${index}`);
    member.handlers.set("m", {
      receive: () => {},
      check: () => {},
      prepare: async () => {},
      entered: () => {},
      ...{ dropped: () => {}, ended: () => {}, returned: () => {} },
      listConnections: () => ids,
      describe: (id) => ({
        ...{ id, module: "m", route: "/m/ws", remoteAddress: "", connectedAtMs: 1 },
        ...{ rooms: [], tags: [] },
      }),
    });
    for (const id of ids) member.touch("m", id);
    await expect.poll(async () => (await member.link.find(ids)).length).toBe(2_500);
    expect(Math.max(...sizes)).toBe(1_000);
    expect(log.error).toHaveBeenCalledTimes(1);
  } finally {
    await member.close();
  }
});

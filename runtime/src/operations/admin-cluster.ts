import type { FoundEntry } from "../config/cluster.js";
import type { ClusterDirectory, ModuleRuntime } from "../connection/module-runtime.js";
import type { Audience } from "../contract.js";
import { closeFields } from "./admin-connections.js";
import { AdminError, invalidRequest } from "./admin-error.js";
import { findModule, name } from "./admin-find.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import { described, listOf, object, optional, type Read, text, wholeNumber } from "./admin-shape.js";
import type { ServerState } from "./operations-server.js";

const long = text(10_000);
const names = listOf(long, { maxItems: 1_024, range: "names" });
const entry = object({
  id: long,
  node: described("The process that has it, as in its log line `cluster joined`.", long),
  ...{ module: long, route: long, remoteAddress: long, connectedAt: long, rooms: names, tags: names },
});
const page = object({
  connections: listOf(entry, { maxItems: 1_000, range: "connections" }),
  next: optional(described("The cursor of the next page. Absent on the last page.", text(10_000))),
});

/** At most one of room and tag. */
const groupFields = { module: name, room: optional(name), tag: optional(name) };
const group = object(groupFields);
const pageQuery = object({
  ...groupFields,
  limit: optional(wholeNumber(1, 1_000)),
  cursor: optional(text(10_000)),
});
const { code, reason } = closeFields;
const closeBody = object({ code, reason });
const sent = object({
  closed: described(
    "The connections of this process. Those of the others are being closed.",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
});
const errors = { 404: "unknown_module", 409: "no_cluster" };
const away = { 503: "cluster_unavailable" };

/** The operations on the connections of all processes of a cluster. They read the engine's list and ask no process. */
export const clusterOperations = (state: ServerState): readonly Operation[] => [
  defineOperation({
    ...{ id: "listClusterConnections", method: "get", path: "/cluster/connections", right: "read" },
    summary: "The open connections of a module in all processes of its cluster, by the time of opening.",
    query: pageQuery,
    answer: page,
    errors: { ...errors, ...away },
    async run({ query: { module, cursor, limit = 100, ...selected } }) {
      const { cluster } = findClustered(state, module);
      refuseTwo(selected);
      const after = cursor === undefined ? undefined : Buffer.from(cursor, "base64url").toString();
      const { entries, next } = check(await cluster.list({ ...selected, limit, after }));
      const written = next === undefined ? undefined : Buffer.from(next).toString("base64url");
      return { connections: entries.map(describe), next: written };
    },
  }),
  defineOperation({
    ...{ id: "showClusterConnection", method: "get", path: "/cluster/connections/:id", right: "read" },
    summary: "One connection, whichever process of the cluster has it.",
    answer: entry,
    errors: { 404: "unknown_connection", 409: "no_cluster", ...away },
    run: async ({ id }) => describe((await find(state, id)).entry),
  }),
  defineOperation({
    ...{ id: "closeClusterConnection", method: "delete", path: "/cluster/connections/:id", right: "act" },
    summary: "Closes one connection, whichever process of the cluster has it.",
    ...{ body: closeBody, status: 202, answer: sent },
    errors: { 404: "unknown_connection", 409: "no_cluster", ...away },
    async run({ id, body, note }) {
      const { entry: found, module } = await find(state, id);
      note({ connection: id, module: found.module, node: found.node, ...body });
      return { closed: module.push.to(id).close(body.code, body.reason) };
    },
  }),
  defineOperation({
    ...{ id: "closeClusterConnections", method: "delete", path: "/cluster/connections", right: "act" },
    summary: "Closes the connections of a module, a room or a tag in all processes of the cluster.",
    ...{ query: group, body: closeBody, status: 202, answer: sent },
    errors: { ...errors, ...away },
    async run({ query, body, note }) {
      const { push, cluster } = findClustered(state, query.module);
      refuseTwo(query);
      check(await cluster.list({ limit: 1 }));
      const closed = select(push, query).close(body.code, body.reason);
      note({ filter: query, ...body, closed });
      return { closed };
    },
  }),
];

type ClusteredModule = ModuleRuntime & { readonly cluster: ClusterDirectory };

const isClustered = (runtime: ModuleRuntime): runtime is ClusteredModule => runtime.cluster !== undefined;

/** @throws AdminError 404 for an unknown module, 409 for one without a cluster */
function findClustered(state: ServerState, flag: string): ClusteredModule {
  const { runtime } = findModule(state, flag);
  if (isClustered(runtime)) return runtime;
  throw new AdminError(409, "no_cluster", {
    message: `The module ${flag} is not in a cluster. Ask for /connections, or set its option cluster.`,
  });
}

/** @throws AdminError 404, 409 without a cluster, 503 while the engine cannot be reached */
async function find(
  state: ServerState,
  id: string,
): Promise<{ readonly entry: FoundEntry; readonly module: ClusteredModule }> {
  const modules = state.modules.map(({ runtime }) => runtime).filter(isClustered);
  if (modules.length === 0)
    throw new AdminError(409, "no_cluster", { message: "No module is in a cluster. Ask for /connections." });
  for (const module of modules) {
    const [found] = check(await module.cluster.find(id));
    if (found !== undefined) return { entry: found, module };
  }
  throw new AdminError(404, "unknown_connection", {
    message: "No process of the cluster has this connection.",
  });
}

/** @throws AdminError 503 without an answer of the engine */
function check<Answer>(answer: Answer | undefined): Answer {
  if (answer !== undefined) return answer;
  throw new AdminError(503, "cluster_unavailable", {
    message: "The cluster cannot be reached. /connections has those of this process.",
    headers: { "Retry-After": "1" },
  });
}

/** @throws AdminError 400 for a room and a tag */
function refuseTwo({ room, tag }: Pick<Read<typeof group>, "room" | "tag">): void {
  if (room !== undefined && tag !== undefined) throw invalidRequest("Only one of room and tag is allowed.");
}

function select(push: ModuleRuntime["push"], { room, tag }: Read<typeof group>): Audience {
  if (room !== undefined) return push.room(room);
  return tag === undefined ? push.all : push.tagged(tag);
}

const describe = ({ id, node, module, route, remoteAddress, connectedAtMs, rooms, tags }: FoundEntry) => ({
  ...{ id, node, module, route, remoteAddress, rooms, tags },
  connectedAt: new Date(connectedAtMs).toISOString(),
});

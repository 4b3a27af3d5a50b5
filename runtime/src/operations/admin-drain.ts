import type { Ending } from "../server/running-serve.js";
import { connectionShape, describeConnection } from "./admin-connections.js";
import { AdminError } from "./admin-error.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import { described, flag, listOf, object, oneOf, optional, text, wholeNumber } from "./admin-shape.js";
import type { ServerState } from "./operations-server.js";

/** The longest delay of a timer in Node. */
const maxMs = 2 ** 31 - 1;
const milliseconds = optional(wholeNumber(0, maxMs));
const maxShown = 100;
const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);

const plan = object({
  noticeMs: described("The time in which the server still works, but is not ready. Default 0.", milliseconds),
  deadlineMs: described("When the remaining connections are cut. Default 10,000.", milliseconds),
  reconnectsPerSecond: optional(
    described("How many clients may come to other processes in a second.", wholeNumber(1, 1_000_000)),
  ),
  dryRun: optional(flag),
});

const drain = object({
  dryRun: optional(flag),
  state: described(
    "`serving`; `notice`: it works, but is not ready; `closing`: each connection ends after its commands.",
    oneOf("serving", "notice", "closing"),
  ),
  begunAt: optional(text(64)),
  deadlineAt: optional(text(64)),
  connections: described("The connections that remain.", count),
  remaining: described(
    "The first of them.",
    listOf(connectionShape, { maxItems: maxShown, range: "connections" }),
  ),
});

/** The operations that end the server and show how far it is. */
export const drainOperations = (state: ServerState): readonly Operation[] => [
  defineOperation({
    ...{ id: "showDrain", method: "get", path: "/drain", right: "read" },
    summary: "Whether the server ends, and the connections that remain.",
    answer: drain,
    run: () => describeDrain(state),
  }),
  defineOperation({
    ...{ id: "startDrain", method: "post", path: "/drain", right: "act" },
    summary:
      "Ends the server as SIGTERM does: each connection finishes its commands and is closed with 1001.",
    body: plan,
    status: 202,
    answer: drain,
    errors: { 409: "already_draining" },
    run({ body, note, whenAnswered }) {
      const { dryRun, ...options } = body;
      note({ ...body, connections: countConnections(state) });
      if (dryRun) return { ...describeDrain(state), dryRun: true };
      if (!state.drain.prepare()) {
        throw new AdminError(409, "already_draining", {
          message: "The server is already ending. See GET /drain.",
        });
      }
      // The end of the server cuts the connections of this API, so the answer is sent first.
      whenAnswered(() => state.drain.begin(options));
      const begun: Ending["state"] = (options.noticeMs ?? 0) > 0 ? "notice" : "closing";
      return { ...describeDrain(state), state: begun };
    },
  }),
];

function describeDrain({ modules, drain }: ServerState) {
  const remaining = modules.flatMap((module) =>
    firstOf(module.runtime.registry.byId.values(), maxShown).map((connection) => ({ module, connection })),
  );
  const { state, begunAt, deadlineAt } = drain.describe();
  return {
    dryRun: undefined,
    state,
    begunAt: begunAt?.toISOString(),
    deadlineAt: deadlineAt?.toISOString(),
    connections: countConnections({ modules }),
    remaining: remaining.slice(0, maxShown).map(describeConnection),
  };
}

const countConnections = ({ modules }: Pick<ServerState, "modules">): number =>
  modules.reduce((sum, { runtime }) => sum + runtime.registry.byId.size, 0);

function firstOf<Item>(items: Iterable<Item>, limit: number): Item[] {
  const found: Item[] = [];
  for (const item of items) {
    if (found.length === limit) break;
    found.push(item);
  }
  return found;
}

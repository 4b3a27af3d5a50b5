import { CloseCode } from "../close-codes.js";
import { PreparedMessage } from "../connection/frame.js";
import { runInBatches } from "../connection/pending-work.js";
import type { Inspector } from "../inspector/inspector.js";
import { previewOf, previewShape } from "./admin-dry-run.js";
import {
  type FoundConnection,
  findConnection,
  findConnections,
  findPage,
  moduleFilter,
  pageQuery,
} from "./admin-find.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import {
  anything,
  described,
  either,
  flag,
  listOf,
  numberWithin,
  object,
  optional,
  type Read,
  shortText,
  text,
  wholeNumber,
} from "./admin-shape.js";
import type { ServerState } from "./operations-server.js";

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const anyText = shortText(Number.MAX_SAFE_INTEGER, "no limit");
const names = listOf(anyText, { maxItems: 1_024, range: "names" });

const connectionFields = {
  id: anyText,
  module: anyText,
  route: anyText,
  params: anything("The parameters of the path."),
  remoteAddress: anyText,
  connectedAt: anyText,
  subprotocol: anyText,
  rooms: names,
  tags: names,
  counters: object({
    messagesIn: count,
    messagesOut: count,
    bytesIn: described("The bytes of the socket, with the handshake.", count),
    bytesOut: described("The bytes of the socket, with the handshake.", count),
  }),
  queue: object({
    bufferedBytes: described("The bytes that wait for the client to read.", count),
    waitingMessages: described("The messages of the client whose handling has not begun.", count),
    runningMessages: count,
  }),
};
export const connectionShape = object(connectionFields);
const watchedConnectionShape = object({
  ...connectionFields,
  frames: optional(
    described(
      "The last frames, while GET /inspector/connections/{id}/frames or the page of the inspector records them.",
      anything("A list."),
    ),
  ),
});

/** The shown members of a connection. Headers, query and `state` are hidden: they contain the clients' credentials. */
export function describeConnection({ connection }: FoundConnection): Read<typeof connectionShape> {
  const { id, context, rooms = [], tags = [], messagesIn, messagesOut, bufferedBytes } = connection;
  const { moduleFlag, route, params, remoteAddress, connectedAt, subprotocol } = context;
  const bytes = connection.socketBytes ?? { in: 0, out: 0 };
  const { waitingCommands, runningCommands } = connection;
  return {
    ...{ id, module: moduleFlag, route, params, remoteAddress },
    ...{ connectedAt: connectedAt.toISOString(), subprotocol, rooms: [...rooms], tags: [...tags] },
    counters: { messagesIn, messagesOut, bytesIn: bytes.in, bytesOut: bytes.out },
    queue: { bufferedBytes, waitingMessages: waitingCommands, runningMessages: runningCommands },
  };
}

const page = object({
  connections: listOf(connectionShape, { maxItems: 1_000, range: "connections" }),
  next: optional(described("The cursor of the next page. Absent on the last page.", text(1_024))),
  total: optional(described("The number of matching connections, where it costs nothing to know it.", count)),
});

/** The fields of a request that closes connections. */
export const closeFields = {
  code: optional(
    numberWithin(
      [
        [1000, 1003],
        [1007, 1014],
        [3000, 4999],
      ],
      "a close code: 1000–1003, 1007–1014 or 3000–4999",
    ),
  ),
  reason: optional(shortText(123, "RFC 6455 §5.5")),
  message: optional(anything("Sent before the close frame.")),
  dryRun: optional(flag),
};
/** Absent fields have their defaults, and so has an absent body. */
const closingBody = object(closeFields);
const closed = either("dryRun", previewShape, object({ closed: count }));

/** The operations that show connections and close them. */
export const connectionOperations = (state: ServerState, inspector: Inspector): readonly Operation[] => [
  defineOperation({
    ...{ id: "listConnections", method: "get", path: "/connections", right: "read" },
    summary: "Open connections, module by module, the oldest first.",
    query: pageQuery,
    answer: page,
    errors: { 404: "unknown_module" },
    run({ query }) {
      const { found, next, total } = findPage(state, query);
      return { connections: found.map(describeConnection), next, total };
    },
  }),
  defineOperation({
    ...{ id: "showConnection", method: "get", path: "/connections/:id", right: "read" },
    summary: "One connection.",
    answer: watchedConnectionShape,
    errors: { 404: "unknown_connection" },
    run({ id }) {
      const found = findConnection(state, id);
      return { ...describeConnection(found), frames: inspector.lastFrames(found.connection) };
    },
  }),
  defineOperation({
    ...{ id: "closeConnection", method: "delete", path: "/connections/:id", right: "act" },
    summary: "Closes one connection.",
    body: closingBody,
    answer: closed,
    errors: { 404: "unknown_connection" },
    async run({ id, body, note }) {
      const found = findConnection(state, id);
      const { code, reason, dryRun } = withDefaults(body);
      note({ connection: id, module: found.module.runtime.flag, code, reason, dryRun });
      if (dryRun) return previewOf([found]);
      await closeConnections([found], body);
      return { closed: 1 };
    },
  }),
  defineOperation({
    ...{ id: "closeConnections", method: "delete", path: "/connections", right: "act" },
    summary: "Closes the connections of a module that match.",
    query: moduleFilter,
    body: closingBody,
    answer: closed,
    errors: { 404: "unknown_module" },
    async run({ query, body, note }) {
      const found = findConnections(state, query);
      const { code, reason, dryRun } = withDefaults(body);
      if (dryRun) {
        note({ filter: query, code, reason, dryRun, count: found.length });
        return previewOf(found);
      }
      try {
        await closeConnections(found, body);
      } catch (error) {
        note({ filter: query, code, reason });
        throw error;
      }
      note({ filter: query, code, reason, closed: found.length });
      return { closed: found.length };
    },
  }),
];

const withDefaults = ({ code = CloseCode.normal, reason = "", dryRun }: Read<typeof closingBody>) => ({
  code,
  reason,
  dryRun,
});

/** Starts the closing handshake with connections of one module. Skips those that have ended. */
async function closeConnections(
  found: readonly FoundConnection[],
  body: Read<typeof closingBody>,
): Promise<void> {
  const { code, reason } = withDefaults(body);
  const [first] = found;
  if (first === undefined) return;
  const { runtime } = first.module;
  const prepared =
    body.message === undefined ? undefined : new PreparedMessage(runtime.encodeMessage(body.message));
  await runInBatches(found, ({ connection }) => {
    if (prepared !== undefined) connection.transmitPrepared(prepared);
    connection.close(code, reason);
  });
}

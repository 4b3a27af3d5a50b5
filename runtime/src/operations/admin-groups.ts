import type { Connection } from "../connection/connection.js";
import { runInBatches } from "../connection/pending-work.js";
import { maxNames } from "../connection/registry.js";
import { previewOf, previewShape } from "./admin-dry-run.js";
import { AdminError, invalidRequest } from "./admin-error.js";
import { type FoundConnection, findConnection, findConnections, moduleFilter, name } from "./admin-find.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import { described, either, flag, listOf, object, optional, type Read, wholeNumber } from "./admin-shape.js";
import type { ServerState } from "./operations-server.js";

const names = optional(listOf(name, { maxItems: 100, range: "names" }));
const groups = object({ join: names, leave: names, tag: names, untag: names, dryRun: optional(flag) });
type Groups = Read<typeof groups>;

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const changed = either(
  "dryRun",
  previewShape,
  object({
    changed: count,
    refused: described("Connections that have too many rooms and tags already.", count),
  }),
);

/** The operations that put connections into rooms and give them tags, as their own code does. */
export const groupOperations = (state: ServerState): readonly Operation[] => [
  defineOperation({
    ...{ id: "changeConnection", method: "patch", path: "/connections/:id", right: "act" },
    summary: "Lets one connection join and leave rooms, and gives it tags or takes them.",
    body: groups,
    answer: changed,
    errors: { 404: "unknown_connection", 409: "too_many_names" },
    async run({ id, body, note }) {
      const found = findConnection(state, id);
      note({ connection: id, module: found.module.runtime.flag, ...body });
      refuseNothing(body);
      if (body.dryRun) return previewOf([found]);
      const result = await changeAll([found], body);
      if (result.refused === 0) return result;
      throw new AdminError(409, "too_many_names", { message: "The connection has too many rooms and tags." });
    },
  }),
  defineOperation({
    ...{ id: "changeConnections", method: "patch", path: "/connections", right: "act" },
    summary:
      "Lets the connections of a module that match join and leave rooms, and gives them tags or takes them.",
    query: moduleFilter,
    body: groups,
    answer: changed,
    errors: { 404: "unknown_module" },
    async run({ query, body, note }) {
      refuseNothing(body);
      const found = findConnections(state, query);
      if (body.dryRun) {
        note({ filter: query, ...body, count: found.length });
        return previewOf(found);
      }
      const result = await changeAll(found, body);
      note({ filter: query, ...body, ...result });
      return result;
    },
  }),
];

function refuseNothing({ join, leave, tag, untag }: Groups): void {
  if ([join, leave, tag, untag].some((each) => each !== undefined && each.length > 0)) return;
  throw invalidRequest("The body changes nothing. Send join, leave, tag or untag.");
}

async function changeAll(found: readonly FoundConnection[], body: Groups) {
  const fitting = found.filter(({ connection }) => fits(connection, body));
  await runInBatches(fitting, ({ connection }) => change(connection, body));
  return { changed: fitting.length, refused: found.length - fitting.length };
}

/** Leaves first, so that a full connection has room for others. */
function change({ context }: Connection, { join = [], leave = [], tag = [], untag = [] }: Groups): void {
  for (const room of leave) context.leave(room);
  for (const each of untag) context.untag(each);
  for (const room of join) context.join(room);
  for (const each of tag) context.tag(each);
}

/** Checked first, so that a connection is changed completely or not at all. */
function fits({ rooms, tags }: Connection, body: Groups): boolean {
  const { join = [], leave = [], tag = [], untag = [] } = body;
  const countAfter = (before: Iterable<string> = [], without: readonly string[], added: readonly string[]) =>
    new Set([...[...before].filter((each) => !without.includes(each)), ...added]).size;
  return countAfter(rooms, leave, join) + countAfter(tags, untag, tag) <= maxNames;
}

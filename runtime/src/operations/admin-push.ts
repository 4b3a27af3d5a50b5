import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Audience, ModulePush, PushResult } from "../contract.js";
import { InvalidDataError } from "../protocol/check-data.js";
import { convertInbound } from "../protocol/convert-message.js";
import { previewIds, previewShape } from "./admin-dry-run.js";
import { AdminError, invalidRequest } from "./admin-error.js";
import { findModule, name } from "./admin-find.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import {
  alwaysTrue,
  anything,
  described,
  either,
  flag,
  listOf,
  object,
  optional,
  type Read,
  type Shape,
  shortText,
  text,
  wholeNumber,
} from "./admin-shape.js";
import type { ServerState } from "./operations-server.js";

/** The most ids of one push. They become the arguments of one call. */
const maxIds = 10_000;
const maxPushes = 100;

const ids = listOf(shortText(256, "an id"), { maxItems: maxIds, range: "ids" });
const receivers = object(
  {
    ids: optional(ids),
    room: optional(name),
    tag: optional(name),
    all: optional(alwaysTrue),
    except: optional(described("The ids of connections that do not get it.", ids)),
  },
  { exactlyOne: ["ids", "room", "tag", "all"] },
);
const pushShape = object(
  {
    module: name,
    to: receivers,
    event: optional(name),
    data: optional(anything("The data of the event. Bytes are base64.")),
    message: optional(anything("Sent unchanged, instead of an event.")),
    dryRun: optional(flag),
  },
  { exactlyOne: ["event", "message"], onlyWith: ["data", "event"] },
);
type Push = Read<typeof pushShape>;

/** The items are checked one by one, so that one that is not valid does not stop the others. */
const unchecked: Shape<unknown> = { schema: pushShape.schema, read: (value) => value };
const batchShape = object({
  pushes: described(
    "Each as the body of a single push. One that is not valid gets an error, and the others are sent.",
    listOf(unchecked, { maxItems: maxPushes, range: "pushes" }),
  ),
  dryRun: optional(flag),
});

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const pushed = object({
  delivered: count,
  gone: described("Ids that are not connected.", ids),
  unavailable: optional(
    described(
      "The cluster cannot be reached: connections of other processes may not have got it.",
      alwaysTrue,
    ),
  ),
});
const failed = object({ error: object({ code: text(64), message: text(100_000) }) });
const single = either("dryRun", previewShape, pushed);
const batch = object({
  results: listOf(either("error", failed, single), { maxItems: maxPushes, range: "results" }),
});

type Note = (details: object) => void;

/** The operation that pushes, one message or several. */
export const pushOperation = (state: ServerState): Operation =>
  defineOperation({
    ...{ id: "push", method: "post", path: "/push", right: "push" },
    summary: "Sends an event or a message to connections of a module, or up to 100 of them in one request.",
    body: either("pushes", batchShape, pushShape),
    answer: either("results", batch, single),
    errors: { 404: "unknown_module" },
    async run({ body, note }) {
      if (!("pushes" in body)) return send(state, body, note);
      const { pushes, dryRun = false } = body;
      return { results: await Promise.all(pushes.map((each) => sendOne(state, { each, dryRun }, note))) };
    },
  });

/** An item of a batch has an answer of its own, also if it fails. */
async function sendOne(state: ServerState, { each, dryRun }: { each: unknown; dryRun: boolean }, note: Note) {
  try {
    const push = pushShape.read(each, "The push");
    return await send(state, { ...push, dryRun: dryRun || push.dryRun }, note);
  } catch (error) {
    const { code, message } = toFailure(state, error);
    note({ error: code });
    return { error: { code, message } };
  }
}

/** What an item that failed gets: others may have been sent, so it must not fail the whole request. */
function toFailure({ modules }: ServerState, error: unknown): AdminError {
  if (error instanceof AdminError) return error;
  modules[0]?.runtime.log.error({ err: error }, "admin: a push of a batch failed");
  return new AdminError(500, "failed", { message: "Internal error. See the log." });
}

/** @throws AdminError for an unknown module, or for data that does not match the schema of the event */
async function send(state: ServerState, push: Push, note: Note): Promise<Read<typeof single>> {
  const { module, to, event, dryRun } = push;
  const { runtime } = findModule(state, module);
  const data = event === undefined ? undefined : convertEvent(runtime, event, push.data);
  if (event !== undefined && to.except !== undefined && to.ids === undefined)
    refuseExceptions(runtime, event);
  const audience = select(runtime.push, to).except(...(to.except ?? []));
  if (dryRun) {
    const found = audience.ids();
    note({ module, to: present(to), event, dryRun, count: found.length });
    return previewIds(found);
  }
  const { delivered, gone, unavailable } = await deliver(audience, push, data);
  note({ module, to: present(to), event, delivered, gone: gone.length, unavailable });
  return { delivered, gone, unavailable };
}

const deliver = (audience: Audience, { event, message }: Push, data: unknown): PushResult =>
  event === undefined ? audience.send(message) : audience.emit(event, data);

function select(push: ModulePush, { ids, room, tag }: Push["to"]): Audience {
  if (ids !== undefined) return push.to(...ids);
  if (room !== undefined) return push.room(room);
  return tag === undefined ? push.all : push.tagged(tag);
}

/** The fields that are given, for the log. */
const present = (to: Push["to"]): object =>
  Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined));

/** The data as the code has it. It is checked in product mode, too, because it comes from outside. */
function convertEvent({ config }: ModuleRuntime, event: string, data: unknown): unknown {
  const rule = Object.hasOwn(config.events, event) ? config.events[event] : undefined;
  const converted = rule?.conversion === undefined ? data : convertInbound(data, rule.conversion);
  const problems = rule?.check?.(converted ?? null);
  if (problems !== undefined) throw invalidRequest(new InvalidDataError("data", problems).message);
  return converted;
}

/** A replay does not know which connections were excluded. */
function refuseExceptions({ config }: ModuleRuntime, event: string): void {
  if (!Object.hasOwn(config.events, event) || config.events[event]?.replay === undefined) return;
  throw invalidRequest(
    `The event ${JSON.stringify(event)} is replayed to all receivers. Push it without except.`,
  );
}

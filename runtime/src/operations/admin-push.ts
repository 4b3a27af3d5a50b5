import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Audience, ModulePush, PushResult } from "../contract.js";
import { InvalidDataError } from "../protocol/check-data.js";
import { convertInbound } from "../protocol/convert-message.js";
import { invalidRequest } from "./admin-error.js";
import { refuseUnknown, toFields } from "./admin-input.js";

const receiverNames = ["ids", "room", "tag", "all"] as const;

/** The most ids of one push. They become the arguments of one call. */
const maxIds = 10_000;

/** Reads a push over HTTP: its receivers and its message. @throws AdminError that names a missing, unknown or wrong field */
export function readPush(body: ReadonlyMap<string, unknown>) {
  refuseUnknown(body.keys(), ["module", "to", "event", "data", "message"]);
  const to = toFields(body.get("to"), "to");
  refuseUnknown(to.keys(), [...receiverNames, "except"]);
  const module = readText(body, "module");
  const select = readReceivers(to);
  const except = to.has("except") ? readIds(to, "except") : [];
  const { event, send } = readContent(body);
  return {
    module,
    /** Undefined: the message is sent without the envelope. */
    event,
    /** For the log. */
    to: Object.fromEntries(to),
    /** @throws AdminError for data that does not match the schema of the event */
    send(runtime: ModuleRuntime): PushResult {
      const data = event === undefined ? undefined : convertEvent(runtime, event, body.get("data"));
      if (event !== undefined && except.length > 0 && !to.has("ids")) refuseExceptions(runtime, event);
      return send(select(runtime.push).except(...except), data);
    },
  };
}

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

function readReceivers(to: ReadonlyMap<string, unknown>): (push: ModulePush) => Audience {
  const given = receiverNames.filter((name) => to.has(name));
  const [name] = given;
  if (name === undefined || given.length > 1) {
    throw invalidRequest(`to must have one of ${receiverNames.join(", ")}, and may have except.`);
  }
  if (name === "all") {
    if (to.get("all") !== true) throw invalidRequest("all must be true.");
    return (push) => push.all;
  }
  if (name === "ids") {
    const ids = readIds(to, "ids");
    return (push) => push.to(...ids);
  }
  const group = readText(to, name);
  return (push) => (name === "room" ? push.room(group) : push.tagged(group));
}

function readContent(body: ReadonlyMap<string, unknown>) {
  if (body.has("message") === body.has("event")) {
    throw invalidRequest("The body has nothing to push. Send either event, with its data, or message.");
  }
  if (body.has("message")) {
    if (body.has("data")) throw invalidRequest("data belongs to an event, not to a message.");
    return { event: undefined, send: (audience: Audience) => audience.send(body.get("message")) };
  }
  const event = readText(body, "event");
  return { event, send: (audience: Audience, data: unknown) => audience.emit(event, data) };
}

function readText(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name);
  if (typeof value === "string" && value !== "") return value;
  throw invalidRequest(`${name} must be a string that is not empty.`);
}

function readIds(fields: ReadonlyMap<string, unknown>, name: string): readonly string[] {
  const value = fields.get(name);
  if (Array.isArray(value) && value.length <= maxIds && value.every((id) => typeof id === "string"))
    return value;
  throw invalidRequest(`${name} must be a list of at most ${maxIds} ids.`);
}

import type { EventPolicy } from "../spec-file/event-rules.js";
import { type ContractChange, createChange } from "./contract-change.js";
import type { EventEntry } from "./contract-side.js";
import { readModuleSettings } from "./diff-options.js";
import { diffLimit } from "./option-rules.js";

/** By the keys of an event whose changes clients notice, beside its data; `docs/contract-diff.md` has a row for each. */
const comparedKeys = { slowConsumer: diffPolicy, replay: diffReplay };

export const comparedEventKeys: readonly string[] = Object.keys(comparedKeys);

/** Compares how an event reaches slow clients and clients that reconnect. */
export const diffEventRules = (before: EventEntry, after: EventEntry): readonly ContractChange[] =>
  Object.values(comparedKeys).flatMap((diff) => diff(before, after));

/** A change of the module's option alone is reported once, for the module. */
function diffPolicy(before: EventEntry, after: EventEntry): readonly ContractChange[] {
  const own = after.event.rules.slowConsumer;
  if (own === undefined && before.event.rules.slowConsumer === undefined) return [];
  const [was, is] = [readPolicy(before), readPolicy(after)];
  if (formatPolicy(was) === formatPolicy(is)) return [];
  const message = `${formatPolicy(was)} became ${formatPolicy(is)}: clients that do not keep up ${describePolicy(is)}`;
  const place = { where: `${after.where} slowConsumer`, at: own?.at ?? after.at };
  return [createChange("option-changed", message, place)];
}

const readPolicy = ({ event, module }: EventEntry): EventPolicy =>
  event.rules.slowConsumer?.value ?? (readModuleSettings(module).value("slowConsumer") as EventPolicy);

const formatPolicy = (policy: EventPolicy): string =>
  typeof policy === "string" ? JSON.stringify(policy) : `the latest by '${policy.latest}'`;

function describePolicy(policy: EventPolicy): string {
  if (policy === "close") return "are closed with 1013";
  if (policy === "drop-oldest") return "lose their oldest waiting events";
  if (policy === "drop-newest") return "lose the newest events";
  return `get only the last event with the same '${policy.latest}'`;
}

function diffReplay(before: EventEntry, after: EventEntry): readonly ContractChange[] {
  const [was, is] = [before.event.rules.replay?.value, after.event.rules.replay?.value];
  const place = { where: `${after.where} replay`, at: after.at };
  if (is === undefined) {
    if (was === undefined) return [];
    const message = "the event is no longer replayed: clients that reconnect miss it without notice";
    return [createChange("replay-removed", message, place)];
  }
  if (was === undefined)
    return [createChange("replay-added", "the event is replayed to clients that reconnect", place)];
  // Without `for`, events are kept as long as the server runs.
  const always = Number.POSITIVE_INFINITY;
  const limits = [
    { key: "last", unit: " events", old: was.last, now: is.last },
    { key: "for", unit: " seconds", old: was.forSeconds ?? always, now: is.forSeconds ?? always },
  ];
  return limits.flatMap(({ key, unit, old, now }) => {
    if (old === now) return [];
    const { code, message } = diffLimit(old, now, {
      unit,
      consequence: "clients that missed more get a gap",
    });
    return [createChange(code, message, { where: `${place.where}.${key}`, at: after.at })];
  });
}

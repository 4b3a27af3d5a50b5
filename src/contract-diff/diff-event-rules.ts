import type { EventModel, ModuleModel } from "../model/model.js";
import type { EventPolicy } from "../spec-file/event-rules.js";
import type { ContractChange } from "./contract-change.js";
import { moduleSettings } from "./diff-options.js";

/** An event and the module that it is in. */
export interface EventInModule {
  readonly event: EventModel;
  readonly module: ModuleModel;
}

/** The keys of an event whose changes clients notice beside its data; `docs/contract-diff.md` has a row of each. */
export const noticedEventKeys: readonly string[] = ["slowConsumer", "replay"];

/** Compares how an event reaches slow clients and clients that reconnect. */
export const diffEventRules = (before: EventInModule, after: EventInModule): readonly ContractChange[] => [
  ...diffPolicy(before, after),
  ...diffReplay(before, after),
];

/** A change of the module's option alone is reported once, for the module. */
function diffPolicy(before: EventInModule, after: EventInModule): readonly ContractChange[] {
  const own = after.event.rules.slowConsumer;
  if (own === undefined && before.event.rules.slowConsumer === undefined) return [];
  const [was, is] = [policyOf(before), policyOf(after)];
  if (policyText(was) === policyText(is)) return [];
  const message = `${policyText(was)} became ${policyText(is)}: clients that do not keep up ${describePolicy(is)}`;
  return [
    {
      breaking: true,
      code: "option-changed",
      where: whereOf(after, "slowConsumer"),
      message,
      at: own?.at ?? after.event.at,
    },
  ];
}

const policyOf = ({ event, module }: EventInModule): EventPolicy =>
  event.rules.slowConsumer?.value ?? (moduleSettings(module).value("slowConsumer") as EventPolicy);

const policyText = (policy: EventPolicy): string =>
  typeof policy === "string" ? JSON.stringify(policy) : `the latest by ${JSON.stringify(policy.latest)}`;

function describePolicy(policy: EventPolicy): string {
  if (policy === "close") return "are closed with 1013";
  if (policy === "drop-oldest") return "lose their oldest waiting events";
  if (policy === "drop-newest") return "lose the newest events";
  return `get only the last event with the same ${JSON.stringify(policy.latest)}`;
}

function diffReplay(before: EventInModule, after: EventInModule): readonly ContractChange[] {
  const [was, is] = [before.event.rules.replay?.value, after.event.rules.replay?.value];
  const { at } = after.event;
  const where = whereOf(after, "replay");
  if (is === undefined) {
    if (was === undefined) return [];
    const message = "the event is no longer replayed: clients that reconnect miss it without notice";
    return [{ breaking: true, code: "replay-removed", where, message, at }];
  }
  if (was === undefined) {
    const message = "the event is replayed to clients that reconnect";
    return [{ breaking: false, code: "replay-added", where, message, at }];
  }
  return [
    ...diffLimit(was.last, is.last, { where: `${where}.last`, unit: "events", at }),
    ...diffLimit(was.forSeconds, is.forSeconds, { where: `${where}.for`, unit: "seconds", at }),
  ];
}

interface LimitOfReplay extends Pick<ContractChange, "where" | "at"> {
  readonly unit: string;
}

/** Undefined: for as long as the server runs. */
function diffLimit(
  was: number | undefined,
  is: number | undefined,
  { where, unit, at }: LimitOfReplay,
): readonly ContractChange[] {
  if (was === is) return [];
  const text = (limit: number | undefined): string => (limit === undefined ? "none" : `${limit} ${unit}`);
  const fact = `the limit was ${text(was)} and is ${text(is)}`;
  const isLower = (is ?? Number.POSITIVE_INFINITY) < (was ?? Number.POSITIVE_INFINITY);
  return isLower
    ? [
        {
          breaking: true,
          code: "limit-lowered",
          where,
          message: `${fact}: clients that missed more get a gap`,
          at,
        },
      ]
    : [{ breaking: false, code: "limit-raised", where, message: fact, at }];
}

const whereOf = ({ event, module }: EventInModule, key: string): string =>
  `${module.wireName}.${event.wireName} ${key}`;

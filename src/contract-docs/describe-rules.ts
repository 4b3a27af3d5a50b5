import type { CommandModel, ErrorModel, EventModel, ModuleModel, PresenceModel } from "../model/model.js";
import { isRecord } from "../spec-file/json.js";
import { moduleOptions } from "../spec-file/option-table.js";
import type { Json, OptionValue } from "../spec-file/spec.js";

/** The rules of the spec that a client must know, as sentences. */

export function moduleNotes({ envelope, guards, config }: ModuleModel): readonly string[] {
  const { command, correlation, codec } = envelope;
  return [
    ...(codec === "msgpack"
      ? ["Messages are MessagePack in binary frames. The examples show them as JSON."]
      : []),
    ...(command === undefined ? [] : [`The field ${quote(command)} selects the command.`]),
    ...(correlation === undefined ? [] : [`The field ${quote(correlation)} matches a reply to its request.`]),
    ...listGuardNotes(guards, "every message"),
    ...config.flatMap(describeOption),
  ];
}

/** Envelope and mode have sentences of their own, or tell nothing about messages. */
const untold: ReadonlySet<string> = new Set(["envelope", "mode"]);

const noticed = new Map(
  moduleOptions
    .filter(({ name, change }) => change !== "unnoticed" && !untold.has(name))
    .map((option) => [option.name, option]),
);

/** The options that a client notices, with their values. */
function describeOption({ option, value }: OptionValue): readonly string[] {
  const found = noticed.get(option);
  if (found === undefined) return [];
  return [`${option}: ${showValue(value, found.value.type)}. ${found.description.replaceAll("`", "")}`];
}

function showValue(value: Json, type: string): string {
  if (typeof value === "number" && type === "size") return showBytes(value);
  if (typeof value === "number" && type === "duration") return showSeconds(value);
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .map(
      ([name, member]) => `${name} ${typeof member === "object" ? JSON.stringify(member) : String(member)}`,
    )
    .join(", ");
}

/** `16384` becomes `16 KiB`. */
function showBytes(bytes: number): string {
  if (bytes >= 1_048_576 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

const listGuardNotes = (guards: ModuleModel["guards"], what: string): readonly string[] =>
  guards.length === 0
    ? []
    : [
        `Guards of ${what}: ${guards.map(({ wireName }) => quote(wireName)).join(", ")}. They can refuse with access_denied.`,
      ];

export const commandNotes = ({ guards, sends }: CommandModel, module: ModuleModel): readonly string[] => [
  ...listGuardNotes([...module.guards, ...guards], "this command"),
  ...(sends.reply ? [] : ["The server does not send the reply."]),
  ...(sends.errors ? [] : ["The server does not send errors."]),
];

export function eventNotes({ wireName, rules }: EventModel, { presence }: ModuleModel): readonly string[] {
  const { replay, slowConsumer } = rules;
  return [
    ...(presence?.join === wireName ? ["The server sends it when a client enters a room."] : []),
    ...(presence?.leave === wireName ? ["The server sends it when a client leaves a room."] : []),
    ...(replay === undefined ? [] : [describeReplay(replay.value)]),
    ...(slowConsumer === undefined ? [] : [describePolicy(slowConsumer.value)]),
  ];
}

const describeReplay = ({
  last,
  forSeconds,
}: {
  readonly last: number;
  readonly forSeconds?: number;
}): string =>
  `Replayed: a client that comes back gets what it missed, up to the last ${last} events${forSeconds === undefined ? "" : ` of ${showSeconds(forSeconds)}`}. Such an event also has stream, epoch and offset.`;

/** `300` becomes `5 minutes`. */
function showSeconds(seconds: number): string {
  const unit = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? (["second", 1] as const);
  const count = seconds / unit[1];
  return `${count} ${unit[0]}${count === 1 ? "" : "s"}`;
}

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

const describePolicy = (policy: string | { readonly latest: string }): string =>
  typeof policy === "string"
    ? `A client that does not keep up: ${policy}.`
    : `A client that does not keep up gets only the last event with the same ${quote(policy.latest)}.`;

export const presenceNotes = ({ join, leave }: PresenceModel): readonly string[] => [
  ...(join === undefined ? [] : [`The event ${quote(join)} tells who enters a room.`]),
  ...(leave === undefined ? [] : [`The event ${quote(leave)} tells who leaves a room.`]),
];

export function errorNotes(error: ErrorModel, { commands }: ModuleModel): readonly string[] {
  const { retry, closeCode } = error;
  const users = commands.filter(({ errors }) => errors.includes(error));
  return [
    users.length === 0
      ? "No command lists it: it refuses a handshake, or a guard sends it."
      : `Commands: ${users.map(({ wireName }) => quote(wireName)).join(", ")}.`,
    ...(retry === true ? ["The same request can succeed later."] : []),
    ...(retry === false ? ["The same request cannot succeed later."] : []),
    ...(closeCode === undefined
      ? []
      : [
          `The server then closes the connection with the code ${closeCode}.${isFinal(closeCode) ? " A generated client does not come back." : ""}`,
        ]),
  ];
}

/** Close codes after which a generated client stops: see docs/protocol.md. */
const isFinal = (closeCode: number): boolean =>
  closeCode === 1000 || closeCode === 1008 || (closeCode >= 4400 && closeCode <= 4499);

const quote = (name: string): string => `“${name}”`;

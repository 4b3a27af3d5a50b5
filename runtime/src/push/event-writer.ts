import { contain } from "../boundary.js";
import type { EventRule, EventRules } from "../config/event-rule.js";
import { PreparedMessage } from "../connection/frame.js";
import type { EventOptions } from "../connection/module-runtime.js";
import type { Delivery } from "../connection/waiting-messages.js";
import type { Logger } from "../contract.js";
import { withCode } from "../error-codes.js";
import { checkData } from "../protocol/check-data.js";
import type { Payload } from "../protocol/codec.js";
import { convertOutbound } from "../protocol/convert-message.js";
import type { Envelope, EventMembers } from "../protocol/envelope.js";
import type { KnownFieldPicker } from "../protocol/pick-fields.js";
import type { Replayer } from "../replay/replayer.js";

/** Options of an event writer. */
export interface EventWriterOptions {
  readonly rules: EventRules;
  /** Whether data is checked: in debug mode only. */
  readonly checks: boolean;
  /** Undefined: data is sent whole. */
  readonly picker: KnownFieldPicker | undefined;
  readonly log: Logger;
  readonly replayer: Replayer;
  readonly envelope: Envelope;
}

interface KnownEvent {
  readonly check: EventRule["check"];
  readonly fields: EventRule["fields"];
  readonly conversion: EventRule["conversion"];
  readonly deliver: (data: unknown) => Delivery;
  /** Undefined: it is not replayed. */
  readonly replay: EventRule["replay"];
}

/** An event whose data is as it is sent. */
export interface OutgoingEvent {
  readonly name: string;
  readonly data: unknown;
  /** Undefined: the module does not declare it. */
  readonly known: KnownEvent | undefined;
}

/** True if the event gets a place in its stream. @throws TypeError `replayed_to_all` if receivers are excluded */
export function isPlaced({ name, known }: OutgoingEvent, { origin, hasExceptions }: EventOptions): boolean {
  if (known?.replay === undefined || origin === undefined) return false;
  if (hasExceptions) throw withCode("replayed_to_all", new TypeError(describeException(name)));
  return true;
}

export const toMessage = (
  { known, data }: OutgoingEvent,
  payload: Payload,
  options: Pick<Partial<PreparedMessage>, "compress" | "stream">,
): PreparedMessage => new PreparedMessage(payload, { ...options, delivery: known?.deliver(data) });

const toMembers = (traceparent: string | undefined) =>
  traceparent === undefined ? undefined : { traceparent };

/** Encodes the events of one module, by its event rules. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #known: ReadonlyMap<string, KnownEvent>;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#known = new Map(
      Object.entries(options.rules).map(([name, rule]) => [
        name,
        {
          check: options.checks ? rule.check : undefined,
          fields: rule.fields,
          conversion: rule.conversion,
          deliver: createDelivery(name, rule.slowConsumer),
          replay: rule.replay,
        },
      ]),
    );
  }

  /**
   * Encodes an event. @returns undefined if nothing is sent. In debug mode, data that does not match its schema is logged
   * and not sent. This is not an exception, because an exception in a timer of the user's would end the process.
   * @throws TypeError `replayed_to_all` for a replayable event to a stream with exceptions
   */
  readonly prepare = (
    name: string,
    data: unknown,
    options: EventOptions = {},
  ): PreparedMessage | undefined => {
    const event = this.read(name, data);
    if (event === undefined) return undefined;
    const { compress, origin, traceparent } = options;
    if (isPlaced(event, options)) {
      const placed = this.#options.replayer.append(name, origin?.stream, (place) =>
        this.write(event, { ...place, ...toMembers(traceparent) }),
      );
      return placed && toMessage(event, placed.payload, { compress, stream: placed.key });
    }
    const payload = this.write(event, toMembers(traceparent));
    return payload === undefined ? undefined : toMessage(event, payload, { compress });
  };

  /** The event as it is sent, without what its schema does not know. Undefined if its data does not match, in debug mode. */
  readonly read = (name: string, data: unknown): OutgoingEvent | undefined => {
    const known = this.#known.get(name);
    const trimmed = known === undefined ? data : this.#trim(name, data, known);
    if (known?.check !== undefined && !this.#fits(name, trimmed, known)) return undefined;
    const { hasBytes } = this.#options.envelope;
    const conversion = known?.conversion;
    return {
      name,
      known,
      data: conversion === undefined ? trimmed : convertOutbound(trimmed, conversion, hasBytes),
    };
  };

  /** An event of another process, which has read it. */
  readonly readSent = (name: string, data: unknown): OutgoingEvent => ({
    name,
    data,
    known: this.#known.get(name),
  });

  /** Encodes an event. Undefined if the envelope sends nothing. */
  readonly write = ({ name, data }: OutgoingEvent, members?: EventMembers): Payload | undefined =>
    this.#options.envelope.encodeEvent(name, data, members);

  #trim(name: string, data: unknown, rules: KnownEvent): unknown {
    const { picker } = this.#options;
    return picker === undefined ? data : picker.pick(data, rules, { event: name });
  }

  #fits(name: string, data: unknown, rules: KnownEvent): boolean {
    const run = () => {
      checkData(data, rules, [`The event ${JSON.stringify(name)}`, "event"]);
      return true;
    };
    return contain({ entry: "eventCheck", log: this.#options.log }, run, () => false) === true;
  }
}

// A replay does not know which connections were excluded.
const describeException = (name: string): string =>
  `The event ${JSON.stringify(name)} is replayed to all receivers. Send it without except().`;

function createDelivery(name: string, policy: EventRule["slowConsumer"]): KnownEvent["deliver"] {
  if (policy === undefined || typeof policy === "string") {
    const delivery = { event: name, policy };
    return () => delivery;
  }
  const { latest: field } = policy;
  return (data) => {
    const value = (data as Readonly<Record<string, unknown>> | null | undefined)?.[field];
    return { event: name, policy: "latest", key: `${name} ${JSON.stringify(value)}` };
  };
}

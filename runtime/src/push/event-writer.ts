import { contain } from "../boundary.js";
import type { EventRule, EventRules } from "../config/event-rule.js";
import { PreparedMessage } from "../connection/frame.js";
import type { EventOptions } from "../connection/module-runtime.js";
import type { Delivery } from "../connection/waiting-messages.js";
import type { Logger } from "../contract.js";
import { withCode } from "../error-codes.js";
import { checkData } from "../protocol/check-data.js";
import { convertOutbound } from "../protocol/convert-message.js";
import type { Envelope } from "../protocol/envelope.js";
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
  readonly isReplayable: boolean;
}

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
          isReplayable: rule.replay !== undefined,
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
    const known = this.#known.get(name);
    const trimmed = known === undefined ? data : this.#trim(name, data, known);
    if (known?.check !== undefined && !this.#fits(name, trimmed, known)) return undefined;
    const { hasBytes } = this.#options.envelope;
    const sent =
      known?.conversion === undefined ? trimmed : convertOutbound(trimmed, known.conversion, hasBytes);
    const { compress, origin, traceparent } = options;
    const span = traceparent === undefined ? undefined : { traceparent };
    const isPlaced = known?.isReplayable === true && origin !== undefined;
    if (isPlaced && options.hasExceptions)
      throw withCode("replayed_to_all", new TypeError(describeException(name)));
    const { envelope, replayer } = this.#options;
    const placed = isPlaced
      ? replayer.append(name, origin.stream, (place) =>
          envelope.encodeEvent(name, sent, { ...place, ...span }),
        )
      : { payload: envelope.encodeEvent(name, sent, span), key: undefined };
    if (placed?.payload === undefined) return undefined;
    const delivery = known?.deliver(sent);
    return new PreparedMessage(placed.payload, { compress, delivery, stream: placed.key });
  };

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

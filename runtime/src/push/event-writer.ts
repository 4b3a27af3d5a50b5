import type { EventRule, EventRules } from "../config/event-rule.js";
import { PreparedMessage } from "../connection/prepared-message.js";
import type { Delivery } from "../connection/waiting-messages.js";
import { InvalidDataError, toJsonValue } from "../protocol/checked-data.js";
import type { Payload } from "../protocol/codec.js";
import type { Validator } from "../validation/problem.js";

/** How a module writes its events. */
export interface EventWriting {
  readonly rules: EventRules;
  /** Is data held against the checks? In debug mode it is. */
  readonly checks: boolean;
  /** Undefined: nothing is to be sent. */
  encode(name: string, data: unknown): Payload | undefined;
}

interface KnownEvent {
  readonly check: Validator | undefined;
  readonly deliver: ((data: unknown) => Delivery) | undefined;
}

/** Makes messages of the events of one module, by the rules that it has for them. */
export class EventWriter {
  readonly #encode: EventWriting["encode"];
  readonly #known: ReadonlyMap<string, KnownEvent>;

  constructor({ rules, checks, encode }: EventWriting) {
    this.#encode = encode;
    this.#known = new Map(
      Object.entries(rules).map(([name, rule]) => [
        name,
        { check: checks ? rule.check : undefined, deliver: deliveryOf(name, rule.slowConsumer) },
      ]),
    );
  }

  /**
   * Undefined: nothing is to be sent.
   * @throws InvalidDataError in debug mode, when the data does not fit its schema
   */
  prepare(name: string, data: unknown, compress?: boolean): PreparedMessage | undefined {
    const known = this.#known.get(name);
    const problems = known?.check?.(toJsonValue(data));
    if (problems !== undefined) throw new InvalidDataError(`The event ${JSON.stringify(name)}`, problems);
    const payload = this.#encode(name, data);
    return payload === undefined ? undefined : new PreparedMessage(payload, compress, known?.deliver?.(data));
  }
}

function deliveryOf(name: string, policy: EventRule["slowConsumer"]): KnownEvent["deliver"] {
  if (policy === undefined) return undefined;
  if (typeof policy === "string") {
    const delivery = { policy };
    return () => delivery;
  }
  const { latest: field } = policy;
  return (data) => {
    const value = (data as Readonly<Record<string, unknown>> | null | undefined)?.[field];
    return { policy: "latest", key: `${name} ${JSON.stringify(value)}` };
  };
}

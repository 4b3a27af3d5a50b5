import type { Attributes, Meter, ObservableResult } from "@opentelemetry/api";
import { report } from "../../boundary.js";
import type { Logger } from "../../contract.js";

/** The name, meaning and unit of an instrument. */
export interface InstrumentData {
  readonly name: string;
  readonly description: string;
  /** A unit of UCUM: `s`, `By`, `{message}`. */
  readonly unit: string;
}

/** Durations in seconds. */
export interface DurationInstrument {
  record(seconds: number, labels: Attributes): void;
}

/** Creates the instruments of a server. */
export interface InstrumentFactory {
  readonly meter: Meter;
  createDuration(data: InstrumentData, boundaries: readonly number[]): DurationInstrument;
}

type Read = (observe: (value: number, labels?: Attributes) => void) => void;

/** The observable instruments of a server. They read their values at each collection. */
export class ObservedInstruments {
  readonly #meter: Meter;
  readonly #log: Logger;
  readonly #removals: (() => void)[] = [];

  constructor(meter: Meter, log: Logger) {
    this.#meter = meter;
    this.#log = log;
  }

  counter({ name, ...data }: InstrumentData, read: Read): void {
    this.#observe(this.#meter.createObservableCounter(name, data), read);
  }

  upDownCounter({ name, ...data }: InstrumentData, read: Read): void {
    this.#observe(this.#meter.createObservableUpDownCounter(name, data), read);
  }

  gauge({ name, ...data }: InstrumentData, read: Read): void {
    this.#observe(this.#meter.createObservableGauge(name, data), read);
  }

  /** Releases what the instruments read. */
  remove(): void {
    for (const remove of this.#removals.splice(0)) {
      try {
        remove();
      } catch (error) {
        report({ entry: "observer", log: this.#log }, error);
      }
    }
  }

  #observe(instrument: ReturnType<Meter["createObservableGauge"]>, read: Read): void {
    const callback = (result: ObservableResult) => read((value, labels) => result.observe(value, labels));
    instrument.addCallback(callback);
    this.#removals.push(() => instrument.removeCallback(callback));
  }
}

/** Counts by labels. An addition costs a look-up in a map; the counter of the SDK costs several microseconds. */
export class Counts {
  readonly #counts = new Map<Attributes, number>();

  /** @param labels an object of a `LabelCache` */
  add(labels: Attributes, count = 1): void {
    this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + count);
  }

  readonly read: Read = (observe) => {
    for (const [labels, count] of this.#counts) observe(count, labels);
  };
}

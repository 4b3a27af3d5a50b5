import type { Connection } from "./connection.js";

/** Removed places are kept until there are this many, and more than connections. */
const minRemoved = 1_024;

/**
 * The connections of a registry in the order of opening, so that a list can go on after any of them without a scan. A
 * removed connection leaves its serial number in its place for a while.
 */
export class OpeningOrder {
  #places: (Connection | number)[];
  #removed = 0;

  /** @param connections in the order of opening */
  constructor(connections: Iterable<Connection>) {
    this.#places = [...connections];
  }

  /** The number of kept places, also of removed connections. */
  get placeCount(): number {
    return this.#places.length;
  }

  add(connection: Connection): void {
    this.#places.push(connection);
  }

  remove({ serial }: Connection): void {
    const index = this.#findAfter(serial - 1);
    const found = this.#places[index];
    if (typeof found !== "object" || found.serial !== serial) return;
    this.#places[index] = serial;
    this.#removed += 1;
    if (this.#removed < minRemoved || this.#removed * 2 < this.#places.length) return;
    this.#places = this.#places.filter((place) => typeof place === "object");
    this.#removed = 0;
  }

  /** The connections with a greater serial number, the oldest first. */
  *after(serial: number): Generator<Connection> {
    const places = this.#places;
    for (let index = this.#findAfter(serial); index < places.length; index += 1) {
      const place = places[index];
      if (typeof place === "object") yield place;
    }
  }

  /** The index of the first place with a greater serial number. */
  #findAfter(serial: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const place = this.#places[middle] ?? 0;
      if ((typeof place === "object" ? place.serial : place) <= serial) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

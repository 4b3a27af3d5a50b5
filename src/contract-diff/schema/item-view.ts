import { listOf, partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { countLimitsOf } from "./count-limits.js";
import { type ItemRest, itemRestsOf } from "./evaluated.js";

/** What schemas that must all hold say about the items of an array. */
export class ItemView {
  /** From this index on, all items are alike. */
  readonly alikeFrom: number;
  /** How many items there can be. */
  readonly most: number;
  readonly #parts: readonly PartItems[];

  constructor(parts: Alternative) {
    this.#parts = parts.map((part) => ({
      prefix: listOf(part, "prefixItems"),
      // Which items a guess leaves is not known, so it cannot be relied on.
      rests: itemRestsOf(part).filter(({ isGuess }) => !isGuess),
    }));
    const ends = this.#parts.flatMap(({ prefix, rests }) => [
      prefix.length,
      ...rests.map(({ from }) => from),
    ]);
    this.alikeFrom = Math.max(0, ...ends);
    this.most = Math.min(countLimitsOf(parts, "Items").most, this.#firstImpossible());
  }

  /** Everything that must hold for the item at an index. */
  placesAt(index: number): readonly SchemaPlace[] {
    return this.#parts.flatMap(({ prefix, rests }) => {
      const own = prefix[index];
      const left = rests.filter(({ from }) => index >= from).map(({ rest }) => rest);
      return own === undefined ? left : [own, ...left];
    });
  }

  #firstImpossible(): number {
    for (let index = 0; index <= this.alikeFrom; index++) {
      if (partsOf(this.placesAt(index)) === undefined) return index;
    }
    return Number.POSITIVE_INFINITY;
  }
}

interface PartItems {
  readonly prefix: readonly SchemaPlace[];
  readonly rests: readonly ItemRest[];
}

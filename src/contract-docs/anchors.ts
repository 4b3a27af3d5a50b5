/**
 * The places of a document that links lead to: `chat.say`. A name on the wire may have any characters; an anchor has letters,
 * digits and `._~-` only, so that it needs no escaping in HTML, in Markdown and in a URL. Two entries never share an anchor.
 */
export class Anchors {
  readonly #taken = new Set<string>();

  /** The anchor of the next entry, which goes before those that are claimed later. */
  claim(...names: readonly string[]): string {
    const wish = names.map(toWord).join(".");
    let anchor = wish;
    for (let count = 2; this.#taken.has(anchor.toLowerCase()); count += 1) anchor = `${wish}-${count}`;
    this.#taken.add(anchor.toLowerCase());
    return anchor;
  }
}

const toWord = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}._~-]+/gu, "-")
    .slice(0, longestWord)
    .replace(/^-+|-+$/g, "") || "entry";

/** A name may have thousands of characters. */
const longestWord = 100;

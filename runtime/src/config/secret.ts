import { inspect } from "node:util";

/** A text that no message and no log line shows. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** How many characters it has is what a person needs to put it right. */
  describe(): string {
    return this.#text === "" ? "an empty text" : `a text of ${this.#text.length} characters`;
  }

  toJSON(): string {
    return this.describe();
  }

  [inspect.custom](): string {
    return this.describe();
  }
}

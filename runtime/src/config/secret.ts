import { inspect } from "node:util";

/** A string that no message and no log line shows. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Shows the length, which is enough to correct the value. */
  describe(): string {
    return this.#text === "" ? "an empty string" : `a string of ${this.#text.length} characters`;
  }

  toJSON(): string {
    return this.describe();
  }

  [inspect.custom](): string {
    return this.describe();
  }
}

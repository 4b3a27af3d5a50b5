import type { Message } from "../message.js";

export interface Answer {
  message?: Message | null | undefined;
  inline?:
    | {
        /** The letter a. */
        a: string;
      }
    | null
    | undefined;
  list?: (string | number)[] | undefined;
}

import type { Message } from "../message.js";

export interface Answer {
  message?: Message | null;
  inline?: {
    /** The letter a. */
    a: string;
  } | null;
  list?: (string | number)[];
}

import type { Message } from "../message.js";

/** What is drawn. */
export type Shape =
  | {
      kind: "circle";
      /** More than 0. */
      radius: number;
    }
  | { kind: "square"; side: number }
  | Message;

import type { Message } from "../message.js";

/** Merged where all are plain, an intersection where not. */
export interface Stored {
  plain: { a?: string; b: number };
  named?: Message & { id: string };
  twice?: { a?: string } & { a?: "x" };
  /** The newest. */
  sibling?: Message & { editedAt: unknown };
}

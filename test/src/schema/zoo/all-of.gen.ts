import type { Message } from "../message.js";

/** Merged where all are plain, an intersection where not. */
export interface Stored {
  plain: { a?: string | undefined; b: number };
  named?: (Message & { id: string }) | undefined;
  twice?: ({ a?: string | undefined } & { a?: "x" | undefined }) | undefined;
  /** The newest. */
  sibling?: (Message & { editedAt: unknown }) | undefined;
}

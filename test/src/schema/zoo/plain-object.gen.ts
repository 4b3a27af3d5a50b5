/** Send a text to everybody in a room. */
export interface SayRequest {
  /**
   * Where it is said.
   * 1–64 characters.
   */
  room: string;
  /** At most 500 characters. */
  text: string;
  /** @default false */
  urgent?: boolean | undefined;
  /**
   * Format `date-time`.
   * @example "2021-04-22T22:00:00Z"
   */
  sentAt?: string | undefined;
  /** An integer, at least 0, at most 5. */
  retries?: number | undefined;
  /** More than 0, a multiple of 0.5. */
  ratio?: number | undefined;
  /**
   * Use `text`.
   * @deprecated
   */
  old?: string | undefined;
  /** At most 10 items; no two items equal; each item: at least 1 character. */
  tags?: string[] | undefined;
  parent?: string | null | undefined;
}

/** Behind which event of a stream a client stands. `docs/client.md`, "Missed messages". */
export interface ResumePosition {
  readonly event: string;
  readonly stream?: string;
  readonly epoch: string;
  readonly offset: number;
}

/** What the server says of a stream. */
export interface StreamNotice extends ResumePosition {
  /** What lay between the client's position and this one is gone. */
  readonly gap?: true;
  /** The client is not in the stream any more. */
  readonly left?: true;
}

/** A client's frame that tells where it stands. */
export interface ResumeFrame {
  readonly positions: readonly ResumePosition[];
  /** Another one follows. */
  readonly hasMore: boolean;
}

/** Reads `{"resume":[…],"more":true}`; undefined for anything else. Unknown members are ignored. */
export function readResumeFrame(message: unknown): ResumeFrame | undefined {
  if (typeof message !== "object" || message === null || !Object.hasOwn(message, "resume")) return undefined;
  const { resume, more } = message as { readonly resume: unknown; readonly more?: unknown };
  if (!Array.isArray(resume) || !resume.every(isPosition)) return undefined;
  return { positions: resume, hasMore: more === true };
}

function isPosition(value: unknown): value is ResumePosition {
  if (typeof value !== "object" || value === null) return false;
  const { event, stream = "", epoch, offset } = value as Partial<Record<keyof ResumePosition, unknown>>;
  return (
    typeof event === "string" &&
    typeof stream === "string" &&
    typeof epoch === "string" &&
    Number.isSafeInteger(offset)
  );
}

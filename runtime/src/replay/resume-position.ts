/** The place of a client in a stream: after the event with this offset. See `docs/protocol.md`, "Resuming". */
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

/** Characters of a stream or an epoch; a position with a longer one is not of this server. */
const maxNameLength = 256;

/**
 * Reads `{"resume":[…],"more":true}`; undefined for anything else. What is kept of it is new: the four members of the
 * positions in events that `isKnown` accepts.
 */
export function readResumeFrame(
  message: unknown,
  isKnown: (event: string) => boolean,
): ResumeFrame | undefined {
  if (typeof message !== "object" || message === null || !Object.hasOwn(message, "resume")) return undefined;
  const { resume, more } = message as { readonly resume: unknown; readonly more?: unknown };
  if (!Array.isArray(resume) || !resume.every(isPosition)) return undefined;
  const positions = resume.flatMap(({ event, stream, epoch, offset }) => {
    const isOurs = isKnown(event) && (stream ?? "").length <= maxNameLength && epoch.length <= maxNameLength;
    return isOurs ? [{ event, ...(stream !== undefined && { stream }), epoch, offset }] : [];
  });
  return { positions, hasMore: more === true };
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

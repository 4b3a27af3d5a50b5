import { AdminError, invalidRequest } from "./admin-error.js";

/** How long an answer is kept. */
const keptMs = 3_600_000;
/** The most answers of one caller, and their bytes. The oldest is forgotten first. */
const maxKeys = 1_000;
const maxBytes = 4 * 2 ** 20;

/** One request with a key. */
export interface KeyedRequest {
  /** The name of the caller. Callers have keys of their own. */
  readonly caller: string;
  readonly key: string;
  /** The same for the same method, path, query and body. */
  readonly fingerprint: string;
}

interface KeptAnswer {
  readonly fingerprint: string;
  readonly keptUntilMs: number;
  /** JSON; undefined while the request runs. */
  readonly answer: string | undefined;
}

/**
 * Performs a request once for its key: a repeated request gets the first answer, so that a client can send it again after a
 * connection that broke (draft-ietf-httpapi-idempotency-key-header). Only answers of success are kept.
 */
export class IdempotencyKeys {
  readonly #callers = new Map<string, Map<string, KeptAnswer>>();

  /** @throws AdminError 422 for a key of another request, 409 for one that still runs */
  async once(
    { caller, key, fingerprint }: KeyedRequest,
    run: () => unknown,
  ): Promise<{ readonly answer: unknown; readonly isRepeated: boolean }> {
    const kept = this.#keysOf(caller);
    const first = kept.get(key);
    if (first !== undefined) return { answer: readFirst(first, fingerprint), isRepeated: true };
    const keptUntilMs = performance.now() + keptMs;
    kept.set(key, { fingerprint, keptUntilMs, answer: undefined });
    try {
      const answer = await run();
      kept.set(key, { fingerprint, keptUntilMs, answer: JSON.stringify(answer) });
      forgetOldest(kept);
      return { answer, isRepeated: false };
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  }

  /** The keys of a caller that are not too old. They are in the order of their times. */
  #keysOf(caller: string): Map<string, KeptAnswer> {
    const kept = this.#callers.get(caller) ?? new Map<string, KeptAnswer>();
    this.#callers.set(caller, kept);
    for (const [key, { keptUntilMs }] of kept) {
      if (keptUntilMs > performance.now()) break;
      kept.delete(key);
    }
    return kept;
  }
}

function readFirst({ fingerprint, answer }: KeptAnswer, expected: string): unknown {
  if (fingerprint !== expected) {
    const message = "The Idempotency-Key belongs to another request. Use a new one for each request.";
    throw new AdminError(422, "idempotency_key_reused", { message });
  }
  if (answer === undefined) {
    const message = "The first request with this Idempotency-Key is not finished yet. Try again.";
    throw new AdminError(409, "request_in_progress", { message, headers: { "Retry-After": "1" } });
  }
  return JSON.parse(answer);
}

function forgetOldest(kept: Map<string, KeptAnswer>): void {
  let bytes = 0;
  for (const { answer } of kept.values()) bytes += answer?.length ?? 0;
  for (const [key, { answer }] of kept) {
    if (kept.size <= maxKeys && bytes <= maxBytes) return;
    // A running request is forgotten when it ends.
    if (answer === undefined) continue;
    kept.delete(key);
    bytes -= answer.length;
  }
}

/** The header's value; undefined without the header. Its form of a string in quotes is allowed. @throws AdminError */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, key] = /^"?([\x21\x23-\x7e]{1,255})"?$/.exec(String(header)) ?? [];
  if (key !== undefined) return key;
  throw invalidRequest(
    "Idempotency-Key must have 1 to 255 visible characters of ASCII, without quotes inside.",
  );
}

/** Why a call of Redis has failed. */
export type RedisErrorCode = "redis_unreachable" | "redis_timeout" | "redis_failed";

export class RedisError extends Error {
  override readonly name = "RedisError";
  readonly code: RedisErrorCode;

  constructor(code: RedisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws RedisError `redis_timeout` when the time is over; what Redis answers later is lost */
export async function withLimit<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `Redis has not answered ${what} within ${limitMs} ms. Look at its load and its network.`;
    timer = setTimeout(() => {
      // If this process was busy, answers that have arrived are read first.
      setImmediate(() => setImmediate(() => reject(new RedisError("redis_timeout", text))));
    }, limitMs).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

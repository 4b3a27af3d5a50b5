/** A command exceeded its time limit. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(limitSeconds: number) {
    super(`The command took longer than ${limitSeconds} s.`);
  }
}

/** Rejects with a `TimeoutError` after the limit. The code itself cannot be stopped; its later result is ignored. */
export function withTimeLimit(
  value: unknown,
  limitSeconds: number,
  giveUp?: (error: TimeoutError) => void,
): Promise<unknown> {
  const promise = Promise.resolve(value);
  if (limitSeconds <= 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeoutError(limitSeconds);
      // Before `giveUp`: a command that ends because its signal is aborted has timed out, too.
      reject(error);
      giveUp?.(error);
    }, limitSeconds * 1_000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

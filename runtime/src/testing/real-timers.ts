/** The timers as they were when the test kit was loaded, for what has to wait in real time under a fake one. */
export const realTimers = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
};

/** Waits at most 10 s of real time. @throws Error with what did not happen */
export function inTime<T>(promise: Promise<T>, failure: string, limitMs = 10_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = realTimers.setTimeout(() => reject(new Error(`${failure} within ${limitMs} ms.`)), limitMs);
    promise.then(resolve, reject).finally(() => realTimers.clearTimeout(timer));
  });
}

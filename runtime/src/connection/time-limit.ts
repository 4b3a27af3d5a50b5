/** Waits for a promise, at most for a time. False: the time ran out. The promise must not reject. */
export async function within(limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const finished = await Promise.race([promise.then(() => true as const), timeout]);
  clearTimeout(timer);
  return finished;
}

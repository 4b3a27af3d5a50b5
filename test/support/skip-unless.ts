import { describe, type TestContext, test } from "vitest";

/**
 * Tests that need what not every machine has. Where it is missing, one skipped test stands in their place, and the run says at
 * its end what it did not run and how to run it (`report-skipped.ts`). No test skips in another way.
 *
 * @param what the tests, for the reader of that line
 * @param how what to install, or where they run
 */
export function skipUnless(isPossible: boolean, what: string, how: string) {
  const skipped = (name: string): void => test(name, (context) => skipHere(context, what, how));
  return {
    describe: (name: string, body: () => void): void =>
      isPossible ? void describe(name, body) : skipped(name),
    test: (name: string, body: () => Promise<void>, timeoutMs?: number): void =>
      isPossible ? test(name, body, timeoutMs) : skipped(name),
  };
}

/** For a test that sees only when it runs that it cannot. */
export function skipHere(context: TestContext, what: string, how: string): never {
  context.skip(`${what} (${how})`);
}

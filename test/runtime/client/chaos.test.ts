import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Client, ClientError, createClient } from "../../../runtime/src/client/index.js";
import { defineCommand } from "../serve/define-module.js";
import { startChaosProxy } from "./chaos-proxy.js";
import { startChat } from "./chat-server.js";
import { createRandom } from "./random.js";
import { countTimers } from "./test-clock.js";

const requestCount = 300;

interface Outcome {
  readonly number: number;
  readonly isIdempotent: boolean;
  readonly reply?: unknown;
  readonly error?: unknown;
}

/** Makes requests in small groups, each when the one before is settled or a moment has passed. */
async function talk(client: Client, random: () => number): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (let number = 0; number < requestCount; number += 1) {
    const isIdempotent = random() < 0.5;
    outcomes.push(
      client.request("count", { number }, { isIdempotent }).then(
        (reply) => ({ number, isIdempotent, reply }),
        (error) => ({ number, isIdempotent, error }),
      ),
    );
    if (random() < 0.5) {
      const moment = new Promise((resolve) => setTimeout(resolve, random() * 20));
      await Promise.race([outcomes.at(-1), moment]);
    }
  }
  return Promise.all(outcomes);
}

describe("on a network that delays, silences and cuts connections", () => {
  test.each([1, 2, 3, 4])(
    "no reply is lost or doubled, and every promise settles (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      const executions = new Map<number, number>();
      await using server = await startChat({
        commands: [
          defineCommand("count", (_ctx, { number }: { number: number }) => {
            executions.set(number, (executions.get(number) ?? 0) + 1);
            return { number };
          }),
        ],
      });
      const target = Number(new URL(server.chatUrl).port);
      await using proxy = await startChaosProxy(target, {
        random,
        odds: { delay: 0.2, silence: 0.01, cut: 0.06 },
      });
      const clock = countTimers();
      const client = createClient(`ws://127.0.0.1:${proxy.port}/chat/ws`, {
        WebSocket,
        clock,
        random,
        backOff: { baseMs: 2, maxMs: 20 },
        connectTimeoutMs: 500,
        idleTimeoutMs: 300,
        timeoutMs: 15_000,
        maxQueued: requestCount,
      });
      const outcomes = await talk(client, random);

      expect(proxy.connections).toBeGreaterThan(1);
      const lost = outcomes.filter(({ error }) => error !== undefined);
      for (const { number, isIdempotent, reply, error } of outcomes) {
        const count = executions.get(number) ?? 0;
        if (reply !== undefined) expect(reply).toEqual({ number });
        else expect(error).toMatchObject({ code: "connection_lost", wasSent: true });
        if (isIdempotent) expect(reply).toEqual({ number });
        else expect(count).toBeLessThanOrEqual(1);
        if (reply !== undefined) expect(count).toBeGreaterThanOrEqual(1);
      }
      expect(lost.every(({ error }) => error instanceof ClientError)).toBe(true);
      proxy.calmDown();
      await client.close();
      expect(clock.count).toBe(0);
    },
  );
});

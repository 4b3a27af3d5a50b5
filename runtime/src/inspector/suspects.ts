import type { Connection } from "../connection/connection.js";
import { ErrorCode } from "../wire.js";
import type { Reason } from "./report.js";

/** How long something that happened on a connection is a reason to look at it. */
const recentMs = 10_000;

/** Values by a name, each remembered for some seconds after its last change. */
class RecentValues {
  readonly #values = new Map<string, { value: number; untilMs: number }>();

  /** Adds to the value, or begins with it. */
  add(name: string, amount = 1): void {
    const value = (this.#values.get(name)?.value ?? 0) + amount;
    this.#values.set(name, { value, untilMs: performance.now() + recentMs });
  }

  /** Keeps the larger value. */
  raise(name: string, value: number): void {
    const before = this.#values.get(name)?.value ?? 0;
    this.#values.set(name, { value: Math.max(before, value), untilMs: performance.now() + recentMs });
  }

  forgetOld(nowMs: number): void {
    for (const [name, { untilMs }] of this.#values) if (untilMs < nowMs) this.#values.delete(name);
  }

  get(name: string): number {
    return this.#values.get(name)?.value ?? 0;
  }

  get size(): number {
    return this.#values.size;
  }

  entries(): [name: string, value: number][] {
    return [...this.#values].map(([name, { value }]) => [name, value]);
  }
}

/** What the meter knows of one connection. */
export class ConnectionFacts {
  /** Messages since the last look. */
  received = 0;
  /** Messages per second, smoothed. */
  rate = 0;
  /** Dropped messages, by their event; `` for those that are no declared event. */
  readonly dropped = new RecentValues();
  /** Errors, by their code. */
  readonly errors = new RecentValues();
  /** Commands that took long, with their milliseconds. */
  readonly slow = new RecentValues();
  readonly running = new Set<{ readonly command: string; readonly beganMs: number }>();
  /** The looks in a row that found bytes waiting. */
  waitingLooks = 0;

  /** True if there is nothing to remember. */
  get isQuiet(): boolean {
    const { running, errors, slow, dropped, waitingLooks, rate } = this;
    return rate < 0.1 && waitingLooks === 0 && running.size + errors.size + slow.size + dropped.size === 0;
  }
}

/** What all connections have in common at one look. */
interface Look {
  readonly nowMs: number;
  /** The median of the rates. */
  readonly usualRate: number;
}

/** Of a command. */
export const slowMs = 1_000;
/** Messages per second. Below, it is no flood. */
const leastFloodRate = 50;
const floodFactor = 10;
const manyWaitingBytes = 16_384;
const patientLooks = 3;

const contractErrors: ReadonlySet<string> = new Set([
  ErrorCode.invalidMessage,
  ErrorCode.invalidRequest,
  ErrorCode.unknownCommand,
]);
const failures: ReadonlySet<string> = new Set([
  ErrorCode.failed,
  ErrorCode.timeout,
  ErrorCode.notImplemented,
]);

/** Why a connection stands out. Called once a second. */
export function findReasons(connection: Connection, facts: ConnectionFacts, look: Look): Reason[] {
  facts.rate = facts.rate * 0.6 + facts.received * 0.4;
  facts.received = 0;
  for (const values of [facts.dropped, facts.errors, facts.slow]) values.forgetOld(look.nowMs);
  return [
    findUnread(connection, facts),
    findFlood(facts, look),
    findSlowCommand(facts, look),
    findErrors(facts, { kind: "broken_contract", codes: contractErrors, weight: 70 }),
    findErrors(facts, { kind: "failing", codes: failures, weight: 60 }),
  ].filter((reason) => reason !== undefined);
}

function findUnread({ bufferedBytes }: Connection, facts: ConnectionFacts): Reason | undefined {
  facts.waitingLooks = bufferedBytes > 0 ? facts.waitingLooks + 1 : 0;
  const isStuck = facts.waitingLooks >= patientLooks && bufferedBytes >= manyWaitingBytes;
  if (!isStuck && facts.dropped.size === 0) return undefined;
  const dropped = facts.dropped.entries().map(([event, count]) => `${count} of ${event || "other messages"}`);
  const losses = dropped.length === 0 ? "" : ` Dropped lately: ${dropped.join(", ")}.`;
  const text = `${bufferedBytes} bytes have been waiting for it for ${facts.waitingLooks} s.${losses}`;
  return { kind: "not_reading", text, weight: 90 };
}

function findFlood({ rate, errors }: ConnectionFacts, { usualRate }: Look): Reason | undefined {
  const limited = errors.get(ErrorCode.rateLimited);
  if (limited === 0 && (rate < leastFloodRate || rate < usualRate * floodFactor)) return undefined;
  const refused = limited === 0 ? "" : ` The rate limit has refused ${limited} lately.`;
  const text = `It sends ${Math.round(rate)} messages per second; the median is ${usualRate.toFixed(1)}.${refused}`;
  return { kind: "flooding", text, weight: 80 };
}

function findSlowCommand({ running, slow }: ConnectionFacts, { nowMs }: Look): Reason | undefined {
  const [oldest] = [...running].sort((one, other) => one.beganMs - other.beganMs);
  const runningMs = oldest === undefined ? 0 : nowMs - oldest.beganMs;
  if (oldest !== undefined && runningMs >= slowMs) {
    const text = `${oldest.command || "A message"} has been running for ${toSeconds(runningMs)}.`;
    return { kind: "slow_command", text, weight: 75 };
  }
  if (slow.size === 0) return undefined;
  const ended = slow.entries().map(([command, ms]) => `${command || "a message"} took ${toSeconds(ms)}`);
  return { kind: "slow_command", text: `Lately: ${ended.join(", ")}.`, weight: 50 };
}

const toSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

interface ErrorKind {
  readonly kind: Reason["kind"];
  readonly codes: ReadonlySet<string>;
  readonly weight: number;
}

function findErrors({ errors }: ConnectionFacts, { kind, codes, weight }: ErrorKind): Reason | undefined {
  const found = errors.entries().filter(([code]) => codes.has(code));
  if (found.length === 0) return undefined;
  return { kind, text: `Lately: ${found.map(([code, count]) => `${count} × ${code}`).join(", ")}.`, weight };
}

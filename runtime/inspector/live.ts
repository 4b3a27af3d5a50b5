// What the whole page shows: the last report, and those of the last minutes for the charts.

import { signal } from "@preact/signals";
import type { CommandReport, LiveReport } from "../src/inspector/report.ts";
import { RequestError, readLines, textOf } from "./api.ts";

/** The reports of five minutes. */
const maxPoints = 300;
const retryMs = 1_000;

/** One second, as the charts draw it. Rates are per second. */
export interface Point {
  readonly at: number;
  readonly connections: number;
  readonly commands: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly dropped: number;
  readonly loopDelayMs: number;
}

export type LinkState = "connecting" | "live" | "lost" | "locked";

export const report = signal<LiveReport | undefined>(undefined);
export const points = signal<readonly Point[]>([]);
export const link = signal<{ readonly state: LinkState; readonly message: string }>({
  state: "connecting",
  message: "",
});

/** Reads the reports until the signal aborts. Comes back when the server does. */
export async function follow(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const line of readLines("inspector/live", signal)) receive(line as LiveReport);
      link.value = { state: "lost", message: "The server has closed the connection." };
    } catch (error) {
      if (signal.aborted) return;
      const isLocked = error instanceof RequestError && [401, 403].includes(error.status);
      link.value = { state: isLocked ? "locked" : "lost", message: textOf(error) };
      if (isLocked) return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function receive(next: LiveReport): void {
  const last = report.value;
  const isSameProcess = last?.process.pid === next.process.pid;
  if (last !== undefined && isSameProcess)
    points.value = [...points.value, toPoint(last, next)].slice(-maxPoints);
  report.value = next;
  link.value = { state: "live", message: "" };
}

function toPoint(last: LiveReport, next: LiveReport): Point {
  const seconds = Math.max(0.1, (next.at - last.at) / 1_000);
  const sum = (of: LiveReport, name: string) =>
    of.modules.reduce((total, { counters }) => total + (counters[name] ?? 0), 0);
  const rate = (name: string) => Math.max(0, (sum(next, name) - sum(last, name)) / seconds);
  const commands = next.modules.flatMap((module) => module.commands);
  return {
    at: next.at / 1_000,
    connections: next.modules.reduce((total, { connections }) => total + connections, 0),
    commands: rate("commands"),
    failed: rate("commandErrors"),
    p50Ms: findMost(commands, "p50Ms"),
    p99Ms: findMost(commands, "p99Ms"),
    messagesIn: rate("messagesIn"),
    messagesOut: rate("messagesOut"),
    bytesIn: rate("bytesIn"),
    bytesOut: rate("bytesOut"),
    dropped: rate("messagesDropped") + rate("slowConsumers"),
    loopDelayMs: next.process.loopDelayMs.p99,
  };
}

/** The slowest command decides: an average would hide it. */
function findMost(commands: readonly CommandReport[], name: "p50Ms" | "p99Ms"): number | null {
  const values = commands.flatMap((command) => command[name] ?? []);
  return values.length === 0 ? null : Math.max(...values);
}

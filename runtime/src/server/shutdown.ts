import { setImmediate as nextTurn } from "node:timers/promises";
import { within } from "../connection/time-limit.js";
import { CloseCode } from "../protocol/close-codes.js";
import type { LiveConnection } from "../push/live-connection.js";
import type { Listener } from "./listener.js";

/** Connections that are closed in one turn of the event loop; the others get their turn in between. */
const batchSize = 500;

/** What the hooks of connections that were cut at the deadline get on top. */
const graceMs = 1_000;

/**
 * Ends listeners in order: nothing new is accepted; handshakes under way are answered; commands that were accepted
 * run to their end and their replies go out; every client is told 1001; the hooks run. At the deadline what is left
 * is cut.
 */
export async function shutDown(listeners: readonly Listener[], deadlineMs: number): Promise<void> {
  const endsAtMs = performance.now() + deadlineMs;
  const leftMs = () => Math.max(0, endsAtMs - performance.now());
  const accepting = Promise.all(listeners.map((listener) => listener.stopAccepting()));
  await within(leftMs(), Promise.all(listeners.map((listener) => listener.handshakes.settled())));
  await within(leftMs(), Promise.all(connectionsOf(listeners).map((connection) => connection.drain())));
  await closeAll(listeners);
  const endings = () => Promise.all(listeners.map((listener) => allEnded(listener)));
  const isDone = await within(leftMs(), Promise.all([endings(), accepting]));
  if (isDone) return;
  for (const connection of connectionsOf(listeners)) connection.terminate();
  for (const listener of listeners) listener.cut();
  await within(graceMs, endings());
}

const connectionsOf = (listeners: readonly Listener[]): LiveConnection[] =>
  listeners.flatMap(({ modules }) => modules.flatMap(({ runtime }) => [...runtime.index.byId.values()]));

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  const connections = connectionsOf(listeners);
  for (let start = 0; start < connections.length; start += batchSize) {
    for (const connection of connections.slice(start, start + batchSize)) {
      connection.close(CloseCode.goingAway, "The server is shutting down.");
    }
    await nextTurn();
  }
}

/** Every connection of the listener has ended and its hooks have run. */
async function allEnded({ modules }: Listener): Promise<void> {
  for (const { runtime } of modules) {
    await runtime.index.empty();
    await runtime.endings.settled();
  }
}

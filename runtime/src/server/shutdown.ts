import { constants } from "node:os";
import { contain } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { DrainOutcome, Watches } from "../connection/observers.js";
import { PendingWork, runInBatches } from "../connection/pending-work.js";
import type { Listener } from "./listener.js";
import type { CloseOptions, WebsocketServe } from "./running-serve.js";

type ShutdownOptions = Omit<CloseOptions, "noticeMs"> & { readonly deadlineMs: number };

/** The last part of the deadline, and its maximum. In it, connections with running commands are closed. */
const closingShare = 0.2;
const maxClosingMs = 2_000;

/** The time after the deadline in which cut commands may end, and then once more for the hooks. */
const graceMs = 500;

/** The longest delay of a timer in Node. */
export const maxTimerMs = 2 ** 31 - 1;

/**
 * Ends listeners. They accept nothing more. Each connection finishes its accepted commands, is closed with 1001, and runs
 * its hooks; it does not wait for others. In the last part of the deadline, connections with running commands are closed.
 * At the deadline, the remaining connections are cut.
 */
export async function shutDown(listeners: readonly Listener[], options: ShutdownOptions): Promise<void> {
  const deadlineMs = Math.min(options.deadlineMs, maxTimerMs);
  const begunMs = performance.now();
  const leftMs = (keptMs = 0) => Math.max(0, begunMs + deadlineMs - keptMs - performance.now());
  const modules = listeners.flatMap((listener) => listener.modules.map(({ runtime }) => runtime));
  const plan = planReconnects(modules, options.reconnectsPerSecond);
  const endings = modules.map((module) => new ModuleShutdown(module, { ...options, plan }));
  const ended = () => Promise.all(endings.map((ending) => ending.ended()));
  const accepting = Promise.all(listeners.map((listener) => listener.stopAccepting()));
  const closing = Promise.all(endings.map((ending) => ending.drainAndClose()));
  const handshakes = Promise.all(listeners.map((listener) => listener.handshakes.settled()));
  const done = Promise.all([accepting, closing, handshakes]).then(ended);
  const waits = new PendingWork();
  if (!(await waits.waitFor(done, leftMs(Math.min(deadlineMs * closingShare, maxClosingMs))))) {
    for (const ending of endings) ending.closeAll();
    if (!(await waits.waitFor(done, leftMs()))) {
      for (const ending of endings) ending.cut();
      for (const listener of listeners) listener.cut();
      if (!(await waits.waitFor(ended(), graceMs))) {
        for (const { endings } of modules) endings.shortenWaits();
        await waits.waitFor(ended(), graceMs);
      }
    }
  }
  for (const ending of endings) ending.logEnd(performance.now() - begunMs);
}

/** A process can at least take this many handshakes in a second. */
const leastPerSecond = 100;
/** The longest wait of a client, which is that of the client's default `backOff`. */
const longestWaitMs = 30_000;
/** A client waits for up to half a second by itself, so a shorter wait needs no word. */
const shortestWaitMs = 500;

/** When clients may reconnect, so that they do not all come to the other processes at once. */
export interface ReconnectPlan {
  readonly perSecond: number;
  /** The close reason of the next client. */
  nextReason(): string;
}

/** Plans the reconnects of all clients of a process: `CloseOptions.reconnectsPerSecond`. */
export function planReconnects(
  modules: readonly Pick<ModuleRuntime, "registry">[],
  wanted = 0,
): ReconnectPlan {
  const known = Math.max(leastPerSecond, ...modules.map(({ registry }) => registry.mostInOneSecond));
  const count = modules.reduce((sum, { registry }) => sum + registry.byId.size, 0);
  const perSecond = Math.max(wanted >= 1 ? wanted : known, Math.ceil((count * 1_000) / longestWaitMs));
  const begunMs = performance.now();
  let planned = 0;
  return {
    perSecond,
    nextReason() {
      const turnMs = Math.min(longestWaitMs, (planned / perSecond) * 1_000);
      planned += 1;
      const leftMs = Math.round(turnMs - (performance.now() - begunMs));
      const text = "The server is shutting down.";
      return leftMs < shortestWaitMs ? text : `${text} Retry after ${leftMs} ms.`;
    },
  };
}

/** Ends the connections of one module. */
class ModuleShutdown {
  readonly #module: ModuleRuntime;
  readonly #plan: ReconnectPlan;
  readonly #watch: Watches<DrainOutcome> | undefined;
  #connections = 0;
  #cut = 0;

  constructor(
    module: ModuleRuntime,
    { deadlineMs, signal, plan }: ShutdownOptions & { readonly plan: ReconnectPlan },
  ) {
    this.#module = module;
    this.#plan = plan;
    const { observers } = module;
    if (observers.isActive) this.#watch = observers.watch((observer) => observer.drainBegan?.(module));
    // Every connection ends: each of the others would get a message for each of them.
    module.registry.presence = undefined;
    const connections = module.registry.byId.size;
    module.log.info(
      {
        ...(signal === undefined ? {} : { signal }),
        connections,
        deadlineMs,
        reconnectsPerSecond: plan.perSecond,
      },
      "shutting down",
    );
  }

  /** Closes each connection after its commands, also new ones. Resolves when all current ones have stopped reading. */
  async drainAndClose(): Promise<void> {
    const { registry } = this.#module;
    const open = [...registry.byId.values()];
    this.#connections = open.length;
    registry.onAdd = (connection) => {
      this.#connections += 1;
      this.#drainAndClose(connection);
    };
    await runInBatches(open, (connection) => this.#drainAndClose(connection));
  }

  /** Closes connections with running commands. */
  closeAll(): void {
    for (const connection of this.#module.registry.byId.values()) this.#close(connection);
  }

  cut(): void {
    const left = [...this.#module.registry.byId.values()];
    this.#cut = left.length;
    for (const connection of left) connection.terminate();
  }

  /** Resolves when every connection has ended and its hooks have run. */
  async ended(): Promise<void> {
    await this.#module.registry.empty();
    await this.#module.endings.settled();
  }

  logEnd(tookMs: number): void {
    const closed = this.#connections - this.#cut;
    this.#watch?.ended({ closed, cut: this.#cut });
    this.#module.log.info({ closed, cut: this.#cut, tookMs: Math.round(tookMs) }, "shut down");
  }

  #drainAndClose(connection: Connection): void {
    void connection.drain().then(() => this.#close(connection));
  }

  #close(connection: Connection): void {
    contain<void>(
      { entry: "socketEvent", log: this.#module.log, connection: connection.id },
      () => connection.close(CloseCode.goingAway, this.#plan.nextReason()),
      () => connection.terminate(),
    );
  }
}

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** The serves that the process closes. */
const serves = new Map<WebsocketServe, CloseOptions>();
let hasSignal = false;
let isEnding = false;

/**
 * Closes the serve on SIGTERM, SIGINT and SIGHUP. The process exits when every serve of these calls is closed: with exit
 * code 0, or with 1 if one failed to close. A second signal exits at once.
 */
export function closeOnSignals(serve: WebsocketServe, options: CloseOptions = {}): void {
  if (serves.size === 0) for (const signal of signals) process.on(signal, onSignal);
  serves.set(serve, options);
}

function onSignal(signal: NodeJS.Signals): void {
  // The exit code that a shell reports for a process that was ended by a signal.
  if (hasSignal) process.exit(128 + constants.signals[signal]);
  hasSignal = true;
  endProcess(signal);
}

/**
 * Closes the serve at the request of an operator. If `closeOnSignals` has it, this does what a signal does: the process exits.
 * A signal that comes meanwhile changes nothing; the second one exits at once.
 */
export async function closeByRequest(serve: WebsocketServe, options: CloseOptions): Promise<void> {
  const own = serves.get(serve);
  if (own === undefined) return serve.close(options);
  serves.set(serve, { ...own, ...options });
  endProcess(undefined);
}

function endProcess(signal: NodeJS.Signals | undefined): void {
  if (isEnding) return;
  isEnding = true;
  void closeAll(signal);
}

async function closeAll(signal: NodeJS.Signals | undefined): Promise<void> {
  const closed = new Set<WebsocketServe>();
  let exitCode = 0;
  // A serve that starts meanwhile is closed, too.
  while (closed.size < serves.size) {
    const left = [...serves].filter(([serve]) => !closed.has(serve));
    const close = async ([serve, options]: [WebsocketServe, CloseOptions]): Promise<void> => {
      closed.add(serve);
      try {
        await serve.close({ ...options, signal: options.signal ?? signal });
      } catch (error) {
        exitCode = 1;
        console.error(error);
      }
    };
    await Promise.all(left.map(close));
  }
  process.exit(exitCode);
}

import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { CommandOutcome, DropCause, ObservedCommand, Observer, Watch } from "../connection/observers.js";
import type { CommandReport, EventReport, Reason, Suspect } from "./report.js";
import { ConnectionFacts, findReasons, slowMs } from "./suspects.js";

/** The most durations of one command that a second keeps for its quantiles. */
const maxDurations = 4_096;
/** The most connections that one second looks at. The others have their turn in the next. */
const maxLooks = 5_000;
const maxSuspects = 50;
/** How long a connection is listed that was closed or dropped because of its client. */
const rememberedMs = 60_000;

interface CommandFacts {
  count: number;
  running: number;
  readonly errors: Map<string, number>;
  durations: number[];
}

/** Measures commands and connections while a page reads the live report. */
export class LiveMeter implements Observer {
  readonly #modules: readonly ModuleRuntime[];
  readonly #commands = new Map<ModuleRuntime, Map<string, CommandFacts>>();
  readonly #events = new Map<string, number>();
  /** The connections that something happened on. */
  readonly #connections = new Map<Connection, ConnectionFacts>();
  /** Connections that were closed or dropped because of their client. */
  #closed: { readonly suspect: Suspect; readonly untilMs: number }[] = [];
  #next: Iterator<Connection> | undefined;

  constructor(modules: readonly ModuleRuntime[]) {
    this.#modules = modules;
    for (const module of modules) this.#commands.set(module, new Map());
  }

  commandBegan({ connection, command }: ObservedCommand): Watch<CommandOutcome> {
    const facts = this.#factsOf(connection);
    facts.received += 1;
    const of = command === undefined ? undefined : this.#commandOf(connection.module, command);
    if (of !== undefined) of.running += 1;
    const run = { command: command ?? "", beganMs: performance.now() };
    facts.running.add(run);
    return {
      ended: ({ code }) => {
        const ms = performance.now() - run.beganMs;
        facts.running.delete(run);
        if (ms >= slowMs) facts.slow.raise(run.command, ms);
        if (code !== undefined) facts.errors.add(code);
        if (of === undefined) return;
        of.running -= 1;
        of.count += 1;
        if (of.durations.length < maxDurations) of.durations.push(ms);
        if (code !== undefined) of.errors.set(code, (of.errors.get(code) ?? 0) + 1);
      },
    };
  }

  pushBegan({ flag, event }: { readonly flag: string; readonly event: string | undefined }) {
    return {
      ended: ({ receivers }: { readonly receivers: number }) => {
        const key = eventKey(flag, event ?? "");
        if (this.#isDeclared(flag, event)) this.#events.set(key, (this.#events.get(key) ?? 0) + receivers);
      },
    };
  }

  messageDropped(connection: Connection, event: string | undefined): void {
    this.#factsOf(connection).dropped.add(event ?? "");
  }

  slowConsumerClosed(connection: Connection, event: string | undefined): void {
    const what = event === undefined ? "" : `, most of them of the event ${event}`;
    const text = `It was closed with 1013: ${connection.bufferedBytes} bytes waited for it${what}.`;
    this.#remember(connection, { kind: "not_reading", text, weight: 90 });
  }

  connectionDropped(connection: Connection, cause: DropCause): void {
    if (cause === "write stalled") {
      const text = `It was dropped: its socket took none of ${connection.bufferedBytes} bytes in time.`;
      this.#remember(connection, { kind: "not_reading", text, weight: 85 });
    } else {
      const text = "It was dropped: no pong came. The client is gone, or it does not read.";
      this.#remember(connection, { kind: "silent", text, weight: 40 });
    }
  }

  /** The most severe are kept, of equal ones the latest. */
  #remember(connection: Connection, reason: Reason): void {
    const ended = { suspect: describe(connection, [reason]), untilMs: performance.now() + rememberedMs };
    this.#closed = [ended, ...this.#closed]
      .sort((one, other) => weightOf(other.suspect) - weightOf(one.suspect))
      .slice(0, maxSuspects);
  }

  connectionEnded(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** The commands of a module since the first page was opened, and their quantiles since the last call. */
  takeCommands(module: ModuleRuntime, names: readonly string[]): CommandReport[] {
    return names.map((name) => {
      const facts = this.#commandOf(module, name);
      const sorted = facts.durations.sort((one, other) => one - other);
      facts.durations = [];
      const { count, running, errors } = facts;
      return {
        name,
        count,
        running,
        errors: Object.fromEntries(errors),
        p50Ms: quantile(sorted, 0.5),
        p99Ms: quantile(sorted, 0.99),
      };
    });
  }

  takeEvents({ flag, config }: ModuleRuntime): EventReport[] {
    return Object.entries(config.events).map(([name, rule]) => ({
      name,
      sent: this.#events.get(eventKey(flag, name)) ?? 0,
      isReplayed: rule.replay !== undefined,
    }));
  }

  /** Looks at the connections. Called once a second. */
  takeSuspects(): { readonly suspects: readonly Suspect[]; readonly unseen: number } {
    const nowMs = performance.now();
    const rates = [...this.#connections.values()].map(({ rate }) => rate).sort((one, other) => one - other);
    const usualRate = quantile(rates, 0.5) ?? 0;
    const suspects: Suspect[] = [];
    const total = this.#modules.reduce((sum, { registry }) => sum + registry.byId.size, 0);
    const looks = this.#nextConnections(Math.min(total, maxLooks));
    // Those that something happened on are looked at each time.
    for (const connection of new Set([...this.#connections.keys(), ...looks])) {
      const facts = this.#connections.get(connection) ?? this.#startIfWaiting(connection);
      if (facts === undefined) continue;
      const reasons = findReasons(connection, facts, { nowMs, usualRate });
      if (reasons.length > 0) suspects.push(describe(connection, reasons));
      if (facts.isQuiet) this.#connections.delete(connection);
    }
    this.#closed = this.#closed.filter(({ untilMs }) => untilMs > nowMs);
    suspects.push(...this.#closed.map(({ suspect }) => suspect));
    suspects.sort((one, other) => weightOf(other) - weightOf(one));
    return { suspects: suspects.slice(0, maxSuspects), unseen: Math.max(0, total - looks.length) };
  }

  #startIfWaiting(connection: Connection): ConnectionFacts | undefined {
    return connection.bufferedBytes > 0 ? this.#factsOf(connection) : undefined;
  }

  /** Goes around all connections, so that each has its turn. */
  #nextConnections(count: number): Connection[] {
    const found: Connection[] = [];
    let hasRestarted = false;
    while (found.length < count) {
      this.#next ??= this.#allConnections();
      const { done, value } = this.#next.next();
      if (!done) found.push(value);
      else {
        this.#next = undefined;
        if (hasRestarted) break;
        hasRestarted = true;
      }
    }
    return found;
  }

  *#allConnections(): Generator<Connection> {
    for (const { registry } of this.#modules) yield* registry.byId.values();
  }

  #factsOf(connection: Connection): ConnectionFacts {
    let facts = this.#connections.get(connection);
    if (facts === undefined) {
      facts = new ConnectionFacts();
      this.#connections.set(connection, facts);
    }
    return facts;
  }

  #commandOf(module: ModuleRuntime, name: string): CommandFacts {
    const known = this.#commands.get(module);
    let facts = known?.get(name);
    if (facts === undefined) {
      facts = { count: 0, running: 0, errors: new Map(), durations: [] };
      known?.set(name, facts);
    }
    return facts;
  }

  #isDeclared(flag: string, event: string | undefined): boolean {
    const module = this.#modules.find((each) => each.flag === flag);
    return module !== undefined && event !== undefined && Object.hasOwn(module.config.events, event);
  }
}

const eventKey = (flag: string, event: string): string => JSON.stringify([flag, event]);

const weightOf = ({ reasons }: Suspect): number => Math.max(...reasons.map(({ weight }) => weight));

/** Of sorted values; undefined without values. */
const quantile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

const describe = (
  { id, module, remoteAddress, context }: Connection,
  reasons: Suspect["reasons"],
): Suspect => ({
  id,
  module: module.flag,
  remoteAddress,
  sinceMs: Date.now() - context.connectedAt.getTime(),
  reasons: [...reasons].sort((one, other) => other.weight - one.weight),
});

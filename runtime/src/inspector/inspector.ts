import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { memoryUsage, pid, cpuUsage as readCpu, uptime } from "node:process";
import { contain } from "../boundary.js";
import type { ModuleConfig } from "../config/module-types.js";
import type { Connection } from "../connection/connection.js";
import type { Observers } from "../connection/observers.js";
import { jsonRpcEnvelope } from "../dispatch/json-rpc.js";
import type { RoutedModule } from "../server/web-socket-route.js";
import { defaultNames } from "../wire.js";
import { FrameRecorder } from "./frame-recorder.js";
import { JsonLines } from "./json-lines.js";
import { LiveMeter } from "./live-meter.js";
import { MessageReader } from "./read-message.js";
import type { LiveReport, ModuleReport, ProcessReport, RecordedFrame, WireReport } from "./report.js";

const reportMs = 1_000;
/** Each recording reads every message of its connection a second time. */
const maxRecordings = 20;
const maxReaders = 20;

/** A module and where it listens. */
interface InspectedModule extends RoutedModule {
  readonly port: number;
  readonly isSecure: boolean;
}

/** What the inspector looks at. */
export interface InspectedServer {
  readonly modules: readonly InspectedModule[];
  readonly observers: Observers;
  isReady(): Promise<boolean>;
  /** True from the beginning of the shutdown. */
  isClosing(): boolean;
}

/** Measures and records while a page is open. Otherwise it costs nothing. */
export class Inspector {
  readonly #server: InspectedServer;
  readonly #readers = new Set<JsonLines>();
  readonly #recordings = new Map<JsonLines, FrameRecorder>();
  #stop: (() => void) | undefined;

  constructor(server: InspectedServer) {
    this.#server = server;
  }

  /** A report every second. @returns undefined if too many look already */
  followLive(): JsonLines | undefined {
    if (this.#readers.size >= maxReaders) return undefined;
    const lines: JsonLines = new JsonLines(() => {
      this.#readers.delete(lines);
      if (this.#readers.size === 0) this.#stop?.();
    });
    this.#readers.add(lines);
    this.#stop ??= this.#start();
    return lines;
  }

  /** The frames of a connection. @returns undefined if too many connections are recorded already */
  followFrames(connection: Connection): JsonLines | undefined {
    const module = this.#server.modules.find(({ runtime }) => runtime === connection.module);
    if (module === undefined || this.#recordings.size >= maxRecordings) return undefined;
    const lines: JsonLines = new JsonLines(() => {
      this.#recordings.delete(lines);
      remove();
    });
    const recorder = new FrameRecorder(connection, new MessageReader(module), (line) => {
      const skipped = lines.takeSkipped();
      if (skipped > 0) lines.write({ kind: "left_out", count: skipped });
      lines.write(line);
      if (line.kind === "closed") lines.end();
    });
    const remove = this.#server.observers.add(recorder);
    this.#recordings.set(lines, recorder);
    return lines;
  }

  /** The last frames of a connection that is recorded; undefined for another one. */
  lastFrames(connection: Connection): readonly RecordedFrame[] | undefined {
    for (const recorder of this.#recordings.values()) {
      const frames = recorder.lastFrames(connection);
      if (frames !== undefined) return frames;
    }
    return undefined;
  }

  #start(): () => void {
    const { modules, observers } = this.#server;
    const meter = new LiveMeter(modules.map(({ runtime }) => runtime));
    const removeMeter = observers.add(meter);
    const clock = new ProcessClock();
    const log = modules[0]?.runtime.log;
    let isBusy = false;
    const report = async (): Promise<void> => {
      // A health check may take longer than a second.
      if (isBusy) return;
      isBusy = true;
      try {
        const value = await this.#report(meter, clock);
        for (const lines of this.#readers) lines.write(value);
      } finally {
        isBusy = false;
      }
    };
    const run = (): void => {
      if (log !== undefined) void contain({ entry: "observer", log }, report);
    };
    run();
    const timer = setInterval(run, reportMs).unref();
    return () => {
      clearInterval(timer);
      removeMeter();
      clock.stop();
      this.#stop = undefined;
    };
  }

  async #report(meter: LiveMeter, clock: ProcessClock): Promise<LiveReport> {
    const isReady = await this.#server.isReady();
    return {
      at: Date.now(),
      process: clock.read(),
      state: this.#server.isClosing() ? "draining" : isReady ? "ready" : "not_ready",
      modules: this.#server.modules.map((module) => describeModule(module, meter)),
      ...meter.takeSuspects(),
    };
  }
}

function describeModule(
  { runtime, port, isSecure, routes, commands }: InspectedModule,
  meter: LiveMeter,
): ModuleReport {
  return {
    flag: runtime.flag,
    port,
    isSecure,
    mode: runtime.config.mode,
    wire: describeWire(runtime.config),
    routes: routes.map(({ pattern }) => pattern),
    connections: runtime.registry.byId.size,
    counters: { ...runtime.counters },
    commands: meter.takeCommands(runtime, [...commands.keys()]),
    events: meter.takeEvents(runtime),
  };
}

function describeWire({ envelope, rawHandler }: ModuleConfig): WireReport {
  const { command, correlation, data, codec = "json" } = envelope;
  const isNamed = typeof command !== "function" && typeof correlation !== "function" && data === undefined;
  const isRpc = command === jsonRpcEnvelope.command && data === jsonRpcEnvelope.data;
  const form = isRpc ? "json-rpc" : "fields";
  return {
    form: rawHandler === undefined && (isNamed || isRpc) ? form : "other",
    codec: typeof codec === "string" ? codec : "other",
    command: typeof command === "string" ? command : defaultNames.command,
    correlation: typeof correlation === "string" ? correlation : defaultNames.correlation,
  };
}

/** The figures of the process since the last reading. */
class ProcessClock {
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  #cpu = readCpu();
  #readMs = performance.now();

  constructor() {
    this.#delay.enable();
  }

  read(): ProcessReport {
    const nowMs = performance.now();
    const used = readCpu(this.#cpu);
    const cpuShare = (used.user + used.system) / 1_000 / Math.max(1, nowMs - this.#readMs);
    this.#cpu = readCpu();
    this.#readMs = nowMs;
    const { heapUsed, rss } = memoryUsage();
    const loopDelayMs = { p50: this.#percentile(50), p99: this.#percentile(99) };
    this.#delay.reset();
    return { pid, uptimeMs: uptime() * 1_000, heapBytes: heapUsed, rssBytes: rss, cpuShare, loopDelayMs };
  }

  /** Without the 20 ms that the measurement itself waits for. */
  #percentile(share: number): number {
    return Math.max(0, this.#delay.percentile(share) / 1e6 - 20);
  }

  stop(): void {
    this.#delay.disable();
  }
}

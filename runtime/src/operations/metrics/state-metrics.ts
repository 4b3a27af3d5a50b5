import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";
import type { ModuleCounters, ModuleRuntime } from "../../connection/module-runtime.js";
import type { ObservedInstruments } from "./instruments.js";

const receive = { "network.io.direction": "receive" } as const;
const transmit = { "network.io.direction": "transmit" } as const;

/** Measures the counters and the connections of the modules. A message costs nothing: they are read at each collection. */
export function observeModules(instruments: ObservedInstruments, modules: readonly ModuleRuntime[]): void {
  const labelled = modules.map((module) => ({ module, labels: { "wsgen.module": module.flag } }));
  instruments.upDownCounter(
    {
      name: "signalr.server.active_connections",
      description: "Connections that are open.",
      unit: "{connection}",
    },
    (observe) => {
      for (const { module, labels } of labelled)
        observe(module.registry.byId.size, { ...labels, "signalr.transport": "web_sockets" });
    },
  );
  const directed = (name: string, unit: string, description: string, names: [In: Counter, Out: Counter]) =>
    instruments.counter({ name: `wsgen.server.${name}`, unit, description }, (observe) => {
      for (const { module, labels } of labelled) {
        observe(module.counters[names[0]], { ...labels, ...receive });
        observe(module.counters[names[1]], { ...labels, ...transmit });
      }
    });
  directed("messages", "{message}", "Messages of clients, and to clients.", ["messagesIn", "messagesOut"]);
  directed("io", "By", "Bytes of messages, before compression.", ["bytesIn", "bytesOut"]);
  const counter = (name: string, unit: string, description: string, read: Counter) =>
    instruments.counter({ name: `wsgen.server.${name}`, unit, description }, (observe) => {
      for (const { module, labels } of labelled) observe(module.counters[read], labels);
    });
  counter(
    "timeouts",
    "{connection}",
    "Connections that were dropped, because no byte came or went.",
    "timedOut",
  );
  counter("resumes", "{connection}", "Clients that came back and asked for what they missed.", "resumes");
  observeQueues(instruments, modules);
}

type Counter = keyof ModuleCounters;

function observeQueues(instruments: ObservedInstruments, modules: readonly ModuleRuntime[]): void {
  const gauge = (
    name: string,
    unit: string,
    description: string,
    read: (module: ModuleRuntime) => number,
  ): void =>
    instruments.gauge({ name: `wsgen.server.${name}`, unit, description }, (observe) => {
      for (const module of modules) observe(read(module), { "wsgen.module": module.flag });
    });
  const all = ({ registry }: ModuleRuntime) => [...registry.byId.values()];
  gauge("waiting.bytes", "By", "Bytes that wait for clients to read them.", (module) =>
    all(module).reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
  );
  gauge("waiting.bytes.max", "By", "Bytes that wait for the slowest client.", (module) =>
    all(module).reduce((most, { bufferedBytes }) => Math.max(most, bufferedBytes), 0),
  );
  gauge("waiting.commands", "{command}", "Commands that wait for others of the same client.", (module) =>
    all(module).reduce((sum, { waitingCommands }) => sum + waitingCommands, 0),
  );
}

const perNanosecond = 1e-9;

/**
 * Measures the process. Names: https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/ and …/v8js-metrics/
 * @returns a function that ends the measurement
 */
export function observeProcess(instruments: ObservedInstruments): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const name = (suffix: string) => `nodejs.eventloop.delay.${suffix}`;
  const gauge = (suffix: string, description: string, read: () => number) =>
    instruments.gauge({ name: name(suffix), description, unit: "s" }, (observe) => {
      const seconds = read() * perNanosecond;
      // Nothing was measured yet.
      if (Number.isFinite(seconds)) observe(seconds);
    });
  gauge("min", "The shortest delay of the event loop.", () => (delay.count === 0 ? Number.NaN : delay.min));
  gauge("max", "The longest delay of the event loop.", () => delay.max);
  gauge("mean", "The mean delay of the event loop.", () => delay.mean);
  gauge("stddev", "The standard deviation of the delay of the event loop.", () => delay.stddev);
  gauge("p50", "The median delay of the event loop.", () => delay.percentile(50));
  gauge("p90", "The delay of the event loop that 90 % are below.", () => delay.percentile(90));
  gauge("p99", "The delay of the event loop that 99 % are below.", () => delay.percentile(99));
  let last = performance.eventLoopUtilization();
  instruments.gauge(
    {
      name: "nodejs.eventloop.utilization",
      description: "The part of the time since the last collection in which the event loop was busy.",
      unit: "1",
    },
    (observe) => {
      const current = performance.eventLoopUtilization();
      observe(performance.eventLoopUtilization(current, last).utilization);
      last = current;
      // Callbacks run in the order of their instruments, so the delays above are those since the last collection.
      delay.reset();
    },
  );
  const heap = (suffix: string, description: string, read: HeapField) =>
    instruments.gauge({ name: `v8js.memory.heap.${suffix}`, description, unit: "By" }, (observe) => {
      for (const space of getHeapSpaceStatistics())
        observe(space[read], { "v8js.heap.space.name": space.space_name });
    });
  heap("used", "Bytes of the heap that are in use.", "space_used_size");
  heap("limit", "Bytes of the heap that are reserved.", "space_size");
  instruments.gauge(
    { name: "process.memory.usage", description: "Physical memory of the process.", unit: "By" },
    (observe) => observe(process.memoryUsage.rss()),
  );
  return () => delay.disable();
}

type HeapField = "space_used_size" | "space_size";

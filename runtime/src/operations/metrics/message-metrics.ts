import type { Attributes } from "@opentelemetry/api";
import type { Connection } from "../../connection/connection.js";
import { startedAtMs } from "../../connection/context.js";
import type { ModuleRuntime } from "../../connection/module-runtime.js";
import type { Observer } from "../../connection/observers.js";
import { errorType, other, requestMethod } from "../error-labels.js";
import { Counts, type InstrumentFactory, type ObservedInstruments } from "./instruments.js";
import { LabelCache } from "./label-cache.js";

// Names, units and boundaries: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/, …/http/http-metrics/,
// …/dotnet/dotnet-signalr-metrics/. What no convention names begins with `wsgen.`.

const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const connectionSeconds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** Measures what happens to messages and connections. The labels are those of the contract. */
export function observeMessages(
  factory: InstrumentFactory,
  instruments: ObservedInstruments,
  modules: readonly ModuleRuntime[],
): Observer {
  const calls = factory.createDuration(
    { name: "rpc.server.call.duration", description: "Time from a command to its reply.", unit: "s" },
    callSeconds,
  );
  const requests = factory.createDuration(
    { name: "http.server.request.duration", description: "Time of a handshake until its answer.", unit: "s" },
    callSeconds,
  );
  const connections = factory.createDuration(
    { name: "signalr.server.connection.duration", description: "How long connections were open.", unit: "s" },
    connectionSeconds,
  );
  const count = (name: string, unit: string, description: string): Counts => {
    const counts = new Counts();
    instruments.counter({ name: `wsgen.server.${name}`, description, unit }, counts.read);
    return counts;
  };
  const pushes = count("pushes", "{push}", "Pushes, each to any number of connections.");
  const receivers = count("push.receivers", "{message}", "Connections that pushes were handed to.");
  const drops = count("messages.dropped", "{message}", "Messages that a slow-consumer policy dropped.");
  const slow = count(
    "slow_consumers",
    "{connection}",
    "Connections that were closed because their client did not read.",
  );
  const gaps = count("gaps", "{stream}", "Streams in which a client that came back has lost events.");
  const eventLabels = createEventLabels(modules);
  // From zero: Prometheus sees an increase only of a series that it knows.
  for (const { flag, config } of modules) {
    for (const event of Object.keys(config.events)) {
      for (const counts of [pushes, receivers, drops, slow, gaps]) counts.add(eventLabels(flag, event), 0);
    }
  }
  const labelCalls = createCallLabels(modules);
  const requesting = new LabelCache();
  const connected = new LabelCache();
  const draining = new Set<ModuleRuntime>();
  instruments.gauge(
    { name: "wsgen.server.draining", description: "1 while the module shuts down.", unit: "1" },
    (observe) => {
      for (const module of modules) observe(draining.has(module) ? 1 : 0, { "wsgen.module": module.flag });
    },
  );
  return {
    commandBegan({ connection: { module }, command }) {
      const begunMs = performance.now();
      return {
        ended({ code }) {
          calls.record((performance.now() - begunMs) / 1_000, labelCalls(module, command, code));
        },
      };
    },
    handshakeBegan(request) {
      const begunMs = performance.now();
      const method = requestMethod(request.method);
      const scheme = "encrypted" in request.socket ? "https" : "http";
      return {
        ended({ status, code, module, route }) {
          const seconds = (performance.now() - begunMs) / 1_000;
          const type = code === undefined ? undefined : errorType(code);
          const failed =
            type ?? (status === undefined ? "abandoned" : status >= 500 ? String(status) : undefined);
          const labels = requesting.get([module, route, status, failed, method, scheme], () => ({
            "http.request.method": method,
            "url.scheme": scheme,
            ...(status !== undefined && { "http.response.status_code": status }),
            ...(route !== undefined && { "http.route": route }),
            ...(module !== undefined && { "wsgen.module": module.flag }),
            ...(failed !== undefined && { "error.type": failed }),
          }));
          requests.record(seconds, labels);
        },
      };
    },
    connectionEnded(connection, code) {
      const { module } = connection;
      const status = draining.has(module) ? "app_shutdown" : code === 1006 ? "timeout" : "normal_closure";
      const labels = connected.get([module, status], () => ({
        "signalr.connection.status": status,
        "signalr.transport": "web_sockets",
        "wsgen.module": module.flag,
      }));
      connections.record(secondsOpen(connection), labels);
    },
    pushBegan: ({ flag, event }) => ({
      ended(outcome) {
        const labels = eventLabels(flag, event);
        pushes.add(labels);
        receivers.add(labels, outcome.receivers);
      },
    }),
    messageDropped: ({ module: { flag } }, event) => drops.add(eventLabels(flag, event)),
    slowConsumerClosed: ({ module: { flag } }, event) => slow.add(eventLabels(flag, event)),
    gapFound: ({ module: { flag } }, event) => gaps.add(eventLabels(flag, event)),
    drainBegan(module) {
      draining.add(module);
      return undefined;
    },
  };
}

/** The labels of a command. Those without an error, which most have, cost two look-ups. */
function createCallLabels(modules: readonly ModuleRuntime[]) {
  const succeeded = new Map(
    modules.map((module) => [module, new Map<string | undefined, Attributes>()] as const),
  );
  const failed = new LabelCache();
  return (module: ModuleRuntime, command: string | undefined, code: string | undefined): Attributes => {
    if (code !== undefined) {
      const type = errorType(code);
      return failed.get([module, command, type], () => callLabels(module, command, type));
    }
    const known = succeeded.get(module);
    let labels = known?.get(command);
    if (labels === undefined) {
      labels = callLabels(module, command, undefined);
      known?.set(command, labels);
    }
    return labels;
  };
}

const callLabels = ({ flag }: ModuleRuntime, command: string | undefined, type: string | undefined) => ({
  "rpc.system.name": "wsgen",
  "rpc.method": command === undefined ? other : `${flag}/${command}`,
  "wsgen.module": flag,
  ...(type !== undefined && { "error.type": type }),
});

const secondsOpen = ({ connectedAfterMs }: Connection): number =>
  Math.max(0, Date.now() - startedAtMs - connectedAfterMs) / 1_000;

function createEventLabels(modules: readonly ModuleRuntime[]) {
  const known = new Map(modules.map(({ flag, config }) => [flag, new Set(Object.keys(config.events))]));
  const cache = new LabelCache();
  return (flag: string, event: string | undefined) => {
    const name = event !== undefined && known.get(flag)?.has(event) ? event : other;
    return cache.get([flag, name], () => ({ "wsgen.module": flag, "wsgen.event": name }));
  };
}

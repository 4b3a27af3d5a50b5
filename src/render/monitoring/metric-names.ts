import type { ModuleModel } from "../../model/model.js";
import type { Json } from "../../spec-file/spec.js";

/** The metrics of the runtime as Prometheus sees them: `docs/runtime.md`, "Metrics". */
export const metricNames = {
  calls: "rpc_server_call_duration_count",
  callBuckets: "rpc_server_call_duration_bucket",
  handshakes: "http_server_request_duration_count",
  connections: "signalr_server_active_connections",
  messages: "wsgen_server_messages_total",
  bytes: "wsgen_server_io_total",
  waiting: "wsgen_server_waiting_bytes",
  waitingMost: "wsgen_server_waiting_bytes_max",
  pushes: "wsgen_server_pushes_total",
  drops: "wsgen_server_messages_dropped_total",
  slow: "wsgen_server_slow_consumers_total",
  timeouts: "wsgen_server_timeouts_total",
  gaps: "wsgen_server_gaps_total",
  draining: "wsgen_server_draining",
  loopDelay: "nodejs_eventloop_delay_p99",
  heap: "v8js_memory_heap_used",
} as const;

/** Errors that are the fault of the server. */
export const serverErrors = "failed|timeout|too_busy|not_implemented|_OTHER";
/** Errors of clients that do not keep the contract. */
export const contractErrors = "invalid_request|invalid_message|unknown_command";

/** A label matcher of PromQL: `{wsgen_module="chat",le="1"}`. Both have the escapes of JSON. */
export const matching = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}}`;

export const ofModule = ({ flag }: ModuleModel): Readonly<Record<string, string>> => ({ wsgen_module: flag });

/** The value of an option that the spec sets. */
export const readOption = ({ config }: Pick<ModuleModel, "config">, name: string): Json | undefined =>
  config.findLast(({ option }) => option === name)?.value;

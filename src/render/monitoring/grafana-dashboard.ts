import type { Model, ModuleModel } from "../../model/model.js";
import { contractErrors, matching, metricNames as metric, ofModule, serverErrors } from "./metric-names.js";

/** What one panel shows. */
interface PanelData {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana: `s`, `ops`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

interface Row {
  readonly title: string;
  readonly panels: readonly PanelData[];
}

/** A dashboard of Grafana as JSON: a row for the process, and one for each module. */
export function writeDashboard(model: Model): string {
  const rows = [processRow, ...model.modules.map(listPanels)];
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      type: "row",
      title: row.title,
      collapsed: false,
      id: panels.length + 1,
      gridPos: { h: 1, w: 24, x: 0, y },
    });
    y += 1;
    for (const [index, data] of row.panels.entries()) {
      const x = (index % columns) * width;
      panels.push(toPanel(data, panels.length + 1, { h: height, w: width, x, y }));
      if (x + width >= 24 || index === row.panels.length - 1) y += height;
    }
  }
  return `${JSON.stringify(toDashboard(model, panels), undefined, 2)}\n`;
}

const columns = 3;
const width = 24 / columns;
const height = 8;

const source = { type: "prometheus", uid: "${source}" };

const toDashboard = ({ name, description }: Model, panels: readonly object[]) => ({
  title: name,
  description: `${description} Made from the contract by "wsgen monitoring dashboard".`.trim(),
  tags: ["wsgen"],
  editable: true,
  schemaVersion: 39,
  refresh: "10s",
  time: { from: "now-30m", to: "now" },
  templating: {
    list: [
      { name: "source", label: "Prometheus", type: "datasource", query: "prometheus" },
      {
        name: "instance",
        label: "Process",
        type: "query",
        datasource: source,
        query: `label_values(${metric.connections}, instance)`,
        includeAll: true,
        multi: true,
        refresh: 2,
      },
    ],
  },
  panels,
});

const toPanel = ({ title, description, unit, queries }: PanelData, id: number, gridPos: object) => ({
  type: "timeseries",
  title,
  description,
  id,
  gridPos,
  datasource: source,
  fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
  options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
  targets: queries.map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: source,
    expr,
    legendFormat,
  })),
});

/** The processes that the reader has chosen. */
const instance = 'instance=~"$instance"';
const select = (name: string, labels: Readonly<Record<string, string>> = {}, more = ""): string => {
  const own = matching(labels).slice(1, -1);
  return `${name}{${[own, more, instance].filter((part) => part !== "").join(",")}}`;
};
const rate = (selected: string): string => `rate(${selected}[$__rate_interval])`;

const processRow: Row = {
  title: "Process",
  panels: [
    {
      title: "Connections",
      description: "Open connections of each module.",
      unit: "short",
      queries: [[`sum by (wsgen_module) (${select(metric.connections)})`, "{{wsgen_module}}"]],
    },
    {
      title: "Event loop delay (p99)",
      description: "Above 100 ms, every connection of the process waits.",
      unit: "s",
      queries: [[select(metric.loopDelay), "{{instance}}"]],
    },
    {
      title: "Heap",
      description: "Bytes in use. A line that only rises is a leak.",
      unit: "bytes",
      queries: [[`sum by (instance) (${select(metric.heap)})`, "{{instance}}"]],
    },
  ],
};

function listPanels(module: ModuleModel): Row {
  const own = ofModule(module);
  const { wireName, commands, events } = module;
  return {
    title: wireName,
    panels: [
      {
        title: "Commands",
        description: describe("Commands", commands),
        unit: "ops",
        queries: [[`sum by (rpc_method) (${rate(select(metric.calls, own))})`, "{{rpc_method}}"]],
      },
      {
        title: "Latency (p50, p99)",
        description: "Time from a command to its reply.",
        unit: "s",
        queries: ([0.5, 0.99] as const).map((share) => [
          `histogram_quantile(${share}, sum by (le, rpc_method) (${rate(select(metric.callBuckets, own))}))`,
          `{{rpc_method}} p${share * 100}`,
        ]),
      },
      {
        title: "Errors",
        description: describeErrors(module),
        unit: "ops",
        queries: [
          [`sum by (error_type) (${rate(select(metric.calls, own, 'error_type!=""'))})`, "{{error_type}}"],
        ],
      },
      {
        title: "Handshakes",
        description: "101 is accepted. Others are refused; error_type has the reason.",
        unit: "ops",
        queries: [
          [
            `sum by (http_response_status_code, error_type) (${rate(select(metric.handshakes, own))})`,
            "{{http_response_status_code}} {{error_type}}",
          ],
        ],
      },
      {
        title: "Pushes",
        description: describe("Events", events),
        unit: "ops",
        queries: [[`sum by (wsgen_event) (${rate(select(metric.pushes, own))})`, "{{wsgen_event}}"]],
      },
      {
        title: "Slow clients",
        description:
          "Messages that were dropped, and connections that were closed, by the event that filled the queue.",
        unit: "ops",
        queries: [
          [`sum by (wsgen_event) (${rate(select(metric.drops, own))})`, "{{wsgen_event}} dropped"],
          [`sum by (wsgen_event) (${rate(select(metric.slow, own))})`, "{{wsgen_event}} closed"],
        ],
      },
      {
        title: "Waiting bytes",
        description: "Bytes that wait for all clients, and for the slowest one.",
        unit: "bytes",
        queries: [
          [`sum(${select(metric.waiting, own)})`, "all"],
          [`max(${select(metric.waitingMost, own)})`, "slowest"],
        ],
      },
      {
        title: "Bytes",
        description: "Messages before compression.",
        unit: "Bps",
        queries: [
          [`sum by (network_io_direction) (${rate(select(metric.bytes, own))})`, "{{network_io_direction}}"],
        ],
      },
      {
        title: "Lost connections and events",
        description:
          "Connections that were dropped in silence, and streams in which a client that came back has lost events.",
        unit: "ops",
        queries: [
          [`sum(${rate(select(metric.timeouts, own))})`, "timeouts"],
          [`sum by (wsgen_event) (${rate(select(metric.gaps, own))})`, "gaps {{wsgen_event}}"],
        ],
      },
    ],
  };
}

interface Named {
  readonly wireName: string;
  readonly description: string;
}

/** The names of the contract with their descriptions, for the help of a panel, which is Markdown. */
const describe = (what: string, named: readonly Named[]): string =>
  named.length === 0
    ? `The contract has none.`
    : `${what} of the contract:\n\n${named.map(({ wireName, description }) => `- ${[wireName, description].filter((part) => part !== "").join(": ")}`).join("\n")}`;

const describeErrors = ({ errors }: ModuleModel): string =>
  `Of the server: ${serverErrors.replaceAll("|", ", ")}. Of clients that do not keep the contract: ${contractErrors.replaceAll("|", ", ")}.${errors.length === 0 ? "" : ` ${describe("Errors", errors)}`}`;

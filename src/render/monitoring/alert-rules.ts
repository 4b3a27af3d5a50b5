import type { CommandModel, Model, ModuleModel } from "../../model/model.js";
import {
  contractErrors,
  matching,
  metricNames as metric,
  ofModule,
  readOption,
  serverErrors,
} from "./metric-names.js";

/** A rule of Prometheus that fires while its expression has a result. */
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must have a result: `5m`. */
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly description: string;
}

interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** The alert rules of a server as a file for Prometheus: those of the process, and those of each module. */
export function writeAlertRules({ name, modules }: Model): string {
  const groups = [
    { name: `${name}: process`, rules: processRules },
    ...modules.map((module) => ({ name: `${name}: ${module.wireName}`, rules: listRules(module) })),
  ];
  return `# Alert rules for Prometheus, made from the contract by "wsgen monitoring alerts".\ngroups:\n${groups.map(writeGroup).join("")}`;
}

/** A string of JSON is a string of YAML. */
const quoted = (text: string): string => JSON.stringify(text);

const writeGroup = ({ name, rules }: RuleGroup): string =>
  `  - name: ${quoted(name)}\n    rules:\n${rules.map(writeRule).join("")}`;

const writeRule = ({ alert, expr, for: duration, severity, summary, description }: AlertRule): string => `\
      - alert: ${alert}
        expr: ${quoted(expr)}
        for: ${duration}
        labels:
          severity: ${severity}
        annotations:
          summary: ${quoted(summary)}
          description: ${quoted(description)}
`;

const processRules: readonly AlertRule[] = [
  {
    alert: "EventLoopSlow",
    expr: `${metric.loopDelay} > 0.1`,
    for: "5m",
    severity: "warning",
    summary: "The event loop of {{ $labels.instance }} is late by {{ $value | humanizeDuration }}.",
    description: "Every connection of the process waits. Record a CPU profile (pprof), or add processes.",
  },
  {
    alert: "DrainTooLong",
    expr: `max by (instance) (${metric.draining}) > 0`,
    for: "2m",
    severity: "warning",
    summary: "{{ $labels.instance }} has been shutting down for more than 2 minutes.",
    description: "A command or a hook does not end. The log has a line at the end of the shutdown.",
  },
];

function listRules(module: ModuleModel): readonly AlertRule[] {
  return [
    ...handshakeRules(module),
    ...errorRules(module),
    ...module.commands.flatMap((command) => slowCommandRules(module, command)),
    ...deliveryRules(module),
  ];
}

const rate = (name: string, labels: Readonly<Record<string, string>>, minutes = 5): string =>
  `rate(${name}${matching(labels)}[${minutes}m])`;

/** A matcher of a regular expression has another operator. */
const rateOf = (name: string, module: ModuleModel, regex: string): string =>
  `rate(${name}${matching(ofModule(module)).replace("}", `,${regex}}`)}[5m])`;

function handshakeRules(module: ModuleModel): readonly AlertRule[] {
  const { wireName } = module;
  const all = `sum(${rate(metric.handshakes, ofModule(module))})`;
  const failed = `sum(${rateOf(metric.handshakes, module, 'http_response_status_code=~"5.."')})`;
  const most = readOption(module, "maxConnections");
  const full: readonly AlertRule[] =
    typeof most === "number" && most > 0
      ? [
          {
            alert: "ConnectionsNearLimit",
            expr: `${metric.connections}${matching(ofModule(module))} > ${Math.ceil(most * 0.8)}`,
            for: "5m",
            severity: "warning",
            summary: `${wireName} on {{ $labels.instance }} has {{ $value }} of ${most} connections.`,
            description:
              "Clients beyond maxConnections are refused with 503. Add processes, or raise the limit.",
          },
        ]
      : [];
  return [
    {
      alert: "HandshakesFail",
      expr: `${failed} / ${all} > 0.05`,
      for: "5m",
      severity: "critical",
      summary: `{{ $value | humanizePercentage }} of the handshakes of ${wireName} fail with 5xx.`,
      description:
        "The label error_type of the handshakes has the reason: too_busy is a limit, failed an error of connect.",
    },
    ...full,
  ];
}

function errorRules(module: ModuleModel): readonly AlertRule[] {
  const { wireName } = module;
  const ofErrors = (codes: string) => rateOf(metric.calls, module, `error_type=~"${codes}"`);
  const all = rate(metric.calls, ofModule(module));
  const ratio = (codes: string) => `sum by (rpc_method) (${ofErrors(codes)}) / sum by (rpc_method) (${all})`;
  return [
    {
      alert: "CommandsFail",
      expr: `${ratio(serverErrors)} > 0.05`,
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of {{ $labels.rpc_method }} fail in the server.",
      description: "The log has each error with its stack.",
    },
    {
      alert: "ContractBroken",
      expr: `sum(${ofErrors(contractErrors)}) / sum(${all}) > 0.05`,
      for: "10m",
      severity: "warning",
      summary: `{{ $value | humanizePercentage }} of the messages to ${wireName} do not keep the contract.`,
      description: "A client is older or newer than the server. Compare the contracts with wsgen diff.",
    },
  ];
}

/** The largest boundary of the histogram that still tells a slow command from one that never ends, in seconds. */
const mostSeconds = 5;
/** For commands without a time limit. */
const usualSeconds = 1;

function slowCommandRules(module: ModuleModel, command: CommandModel): readonly AlertRule[] {
  const limit = readOption(command, "executeTimeout") ?? readOption(module, "executeTimeout");
  const seconds = typeof limit === "number" && limit > 0 ? Math.min(mostSeconds, limit / 2) : usualSeconds;
  const method = `${module.flag}/${command.wireName}`;
  const buckets = rate(metric.callBuckets, { ...ofModule(module), rpc_method: method });
  const reason =
    typeof limit === "number" && limit > 0 ? `Its time limit is ${limit} s.` : "It has no time limit.";
  return [
    {
      alert: "CommandSlow",
      expr: `histogram_quantile(0.99, sum by (le, rpc_method) (${buckets})) > ${seconds}`,
      for: "5m",
      severity: "warning",
      summary: `1 % of ${method} take longer than {{ $value | humanizeDuration }}.`,
      description: `${reason} Look at its traces, or at a CPU profile.`,
    },
  ];
}

function deliveryRules(module: ModuleModel): readonly AlertRule[] {
  const { wireName, events } = module;
  const increase = (name: string) =>
    `sum by (wsgen_event) (increase(${name}${matching(ofModule(module))}[10m]))`;
  const replayed = events.filter(({ rules }) => rules.replay !== undefined);
  const gaps: readonly AlertRule[] =
    replayed.length === 0
      ? []
      : [
          {
            alert: "EventsLost",
            expr: `${increase(metric.gaps)} > 0`,
            for: "0m",
            severity: "warning",
            summary: `Clients of ${wireName} came back too late for {{ $labels.wsgen_event }}.`,
            description:
              "The replay store no longer had what they missed. Keep more of the event (replay), or look why they were away.",
          },
        ];
  return [
    {
      alert: "SlowConsumers",
      expr: `${increase(metric.slow)} > 5`,
      for: "0m",
      severity: "warning",
      summary: `{{ $value }} clients of ${wireName} were closed, because they did not read {{ $labels.wsgen_event }}.`,
      description: "Send less of this event, give it a slowConsumer policy, or raise maxMessageBufferSize.",
    },
    {
      alert: "MessagesDropped",
      expr: `${increase(metric.drops)} > 1000`,
      for: "0m",
      severity: "warning",
      summary: `{{ $value }} messages {{ $labels.wsgen_event }} of ${wireName} were dropped for slow clients.`,
      description:
        "The slowConsumer policy works as the contract says. Many drops mean that the event is too frequent.",
    },
    ...gaps,
  ];
}

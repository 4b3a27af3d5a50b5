import type { CommandReport, EventReport, LiveReport, ModuleReport } from "../../src/inspector/report.ts";
import { Chart, type Line } from "../chart.tsx";
import { countOf, formatBytes, formatDuration, formatNumber } from "../format.ts";
import { report } from "../live.ts";
import { linkTo } from "../route.ts";
import { SuspectList } from "./connections.tsx";

const line = (title: string, color: string, value: Line["value"]): Line => ({ title, color, value });
const perSecond = (value: number) => `${formatNumber(value)}/s`;
const bytesPerSecond = (value: number) => `${formatBytes(value)}/s`;

const charts = [
  { title: "Connections", format: formatNumber, lines: [line("open", "blue", (point) => point.connections)] },
  {
    title: "Commands",
    format: perSecond,
    lines: [line("all", "blue", (point) => point.commands), line("failed", "red", (point) => point.failed)],
  },
  {
    title: "Slowest command",
    format: formatDuration,
    lines: [line("p50", "blue", (point) => point.p50Ms), line("p99", "red", (point) => point.p99Ms)],
  },
  {
    title: "Messages",
    format: perSecond,
    lines: [
      line("in", "blue", (point) => point.messagesIn),
      line("out", "green", (point) => point.messagesOut),
      line("dropped", "red", (point) => point.dropped),
    ],
  },
  {
    title: "Bytes",
    format: bytesPerSecond,
    lines: [line("in", "blue", (point) => point.bytesIn), line("out", "green", (point) => point.bytesOut)],
  },
  {
    title: "Event loop delay",
    format: formatDuration,
    lines: [line("p99", "red", (point) => point.loopDelayMs)],
  },
];

/** What is served where, how it does, and who needs attention. */
export function Overview() {
  const current = report.value;
  if (current === undefined) return <p class="card">Waiting for the first report…</p>;
  return (
    <>
      {current.suspects.length > 0 && (
        <section class="card" aria-labelledby="attention">
          <h2 id="attention">Needs attention</h2>
          <SuspectList suspects={current.suspects.slice(0, 5)} />
          {current.suspects.length > 5 && <a href={linkTo("connections")}>All {current.suspects.length}</a>}
        </section>
      )}
      <div class="charts">
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} />
        ))}
      </div>
      <section aria-labelledby="map">
        <h2 id="map">Ports, modules, commands and events</h2>
        {groupByPort(current).map(([port, modules]) => (
          <section key={port} class="port" aria-label={`Port ${port}`}>
            <h3 class="port-name">Port {port}</h3>
            <div class="modules">
              {modules.map((module) => (
                <ModuleCard key={module.flag} module={module} />
              ))}
            </div>
          </section>
        ))}
      </section>
    </>
  );
}

function groupByPort({ modules }: LiveReport): [number, ModuleReport[]][] {
  const ports = new Map<number, ModuleReport[]>();
  for (const module of modules) ports.set(module.port, [...(ports.get(module.port) ?? []), module]);
  return [...ports];
}

function ModuleCard({ module }: { readonly module: ModuleReport }) {
  const { flag, mode, routes, connections, commands, events } = module;
  return (
    <article class="card module" aria-label={`Module ${flag}`}>
      <h4>
        {flag} <span class="pill">{mode}</span> <span class="pill">{countOf(connections, "connection")}</span>{" "}
        <a href={linkTo("try", flag)}>Try it</a>
      </h4>
      <ul class="plain routes" aria-label="Routes">
        {routes.map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
      <div class="columns">
        {commands.length > 0 && <CommandTable commands={commands} />}
        {events.length > 0 && <EventTable events={events} />}
      </div>
    </article>
  );
}

function CommandTable({ commands }: { readonly commands: readonly CommandReport[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Command</th>
          <th scope="col" class="number">
            runs
          </th>
          <th scope="col" class="number">
            now
          </th>
          <th scope="col" class="number">
            p99
          </th>
          <th scope="col">errors</th>
        </tr>
      </thead>
      <tbody>
        {commands.map(({ name, count, running, p99Ms, errors }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td class="number">{formatNumber(count)}</td>
            <td class="number">{running}</td>
            <td class={`number ${p99Ms !== undefined && p99Ms >= 1_000 ? "bad" : ""}`}>
              {p99Ms === undefined ? "–" : formatDuration(p99Ms)}
            </td>
            <td>
              {Object.entries(errors).map(([code, times]) => (
                <span key={code} class="pill bad">
                  {code} {formatNumber(times)}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function EventTable({ events }: { readonly events: readonly EventReport[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col" class="number">
            sent
          </th>
        </tr>
      </thead>
      <tbody>
        {events.map(({ name, sent, isReplayed }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code> {isReplayed && <span class="pill">replayed</span>}
            </th>
            <td class="number">{formatNumber(sent)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// The dashboard and the alert rules: Prometheus can read them, and the runtime has every metric in them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { enableMetrics, setEvents, setLogger } from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { parse as parseYaml } from "yaml";
import type { Model } from "../../../src/model/model.js";
import { readModel } from "../../../src/read-model.js";
import { writeAlertRules } from "../../../src/render/monitoring/alert-rules.js";
import { writeDashboard } from "../../../src/render/monitoring/grafana-dashboard.js";
import { metricNames } from "../../../src/render/monitoring/metric-names.js";
import { defineModule, ping } from "../../runtime/serve/define-module.js";
import { recordingLogger } from "../../runtime/support/recording-logger.js";
import { skipUnless } from "../../support/skip-unless.js";

/** Names that need escapes in YAML, in PromQL and in the templates of an alert. */
const spec = `
wsgen: 1
name: shop
description: 'A "shop": {{ it }} #1'
modules:
  shop:
    port: 10099
    urls: [ws]
    config: { maxConnections: 1000, executeTimeout: 4, metrics: { prometheus: {} } }
    errors: { sold_out: { description: 'It is "sold": out' } }
    commands:
      buy: { description: 'Buys: "one"', errors: [sold_out] }
      slow.one: { config: { executeTimeout: 60s } }
    events:
      price: { slowConsumer: drop-oldest, replay: { last: 10 } }
  empty: { port: 10098, urls: [ws] }
`;

function read(text: string): Model {
  const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes: Buffer.from(text) });
  expect(diagnostics).toEqual([]);
  return value as Model;
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const withPromtool = skipUnless(
  hasPromtool,
  "Prometheus checks the alert rules",
  "apt-get install prometheus",
);

function promtool(args: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
  return status === 0 ? "" : stdout + stderr;
}

withPromtool.test("promtool check rules: the alert rules are valid", async () => {
  expect(promtool(["check", "rules", "alerts.yaml"], { "alerts.yaml": writeAlertRules(read(spec)) })).toBe(
    "",
  );
});

withPromtool.test("promtool check rules: every query of the dashboard is PromQL", async () => {
  const { panels } = JSON.parse(writeDashboard(read(spec))) as Dashboard;
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = queries.map((expr, index) => ({
    record: `query:${index}`,
    expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*"),
  }));
  expect(queries.length).toBeGreaterThan(20);
  // JSON is YAML.
  const file = JSON.stringify({ groups: [{ name: "dashboard", rules }] });
  expect(promtool(["check", "rules", "queries.yaml"], { "queries.yaml": file })).toBe("");
});

withPromtool.test(
  "promtool test rules: a command that became slow and one that fails raise their alerts",
  async () => {
    const labels = 'wsgen_module="shop",rpc_method="shop/buy"';
    const tests = {
      rule_files: ["alerts.yaml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: [
            { series: `${metricNames.callBuckets}{${labels},le="2.5"}`, values: "0+0x20" },
            { series: `${metricNames.callBuckets}{${labels},le="5"}`, values: "0+60x20" },
            { series: `${metricNames.callBuckets}{${labels},le="+Inf"}`, values: "0+60x20" },
            { series: `${metricNames.calls}{${labels}}`, values: "0+60x20" },
            { series: `${metricNames.calls}{${labels},error_type="failed"}`, values: "0+60x20" },
            {
              series: `${metricNames.slow}{wsgen_module="shop",wsgen_event="price"}`,
              values: "0+0x10 0+10x10",
            },
          ],
          promql_expr_test: ["CommandSlow", "CommandsFail", "SlowConsumers", "ContractBroken"].map(
            (name) => ({
              expr: `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`,
              eval_time: "15m",
              exp_samples: [{ labels: "{}", value: name === "ContractBroken" ? 0 : 1 }],
            }),
          ),
        },
      ],
    };
    const files = { "alerts.yaml": writeAlertRules(read(spec)), "tests.yaml": JSON.stringify(tests) };
    expect(promtool(["test", "rules", "tests.yaml"], files)).toBe("");
  },
);

test("the rules follow the contract: limits, time limits, and the events that are replayed", () => {
  const { groups } = parseYaml(writeAlertRules(read(spec))) as Rules;
  const [, shop, empty] = groups;
  const of = (name: string) =>
    shop?.rules.filter(({ alert }) => alert === name).map(({ expr }) => expr) ?? [];
  expect(of("CommandSlow").map((expr) => expr.split(" > ")[1])).toEqual(["2", "5"]);
  expect(of("ConnectionsNearLimit")[0]).toMatch(/> 800$/);
  expect(of("EventsLost")).toHaveLength(1);
  const names = empty?.rules.map(({ alert }) => alert);
  for (const name of ["CommandSlow", "ConnectionsNearLimit", "EventsLost"]) expect(names).not.toContain(name);
});

test("the dashboard has a row for each module, and the names of the contract in its help", () => {
  const text = writeDashboard(read(spec));
  const { panels } = JSON.parse(text) as Dashboard;
  const rows = panels.filter(({ targets }) => targets === undefined).map(({ title }) => title);
  expect(rows).toEqual(["Process", "shop", "empty"]);
  for (const name of ["slow.one", "price", "sold_out"]) expect(text).toContain(`- ${name}`);
});

test("the runtime has every metric that the dashboard and the rules read", async () => {
  const log = recordingLogger();
  const config = [setLogger(log), enableMetrics({ prometheus: { port: 0 } }), setEvents({ price: {} })];
  await using server = await startModules(defineModule({ commands: [ping], config }));
  const client = await connectClient(server.url("/test/ws"));
  await client.request("ping");
  const line = log.lines.find(({ message }) => message === "metrics listening");
  const { port } = (line?.fields ?? {}) as { port?: number };
  const page = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
  const found = new Set(page.split("\n").map((sample) => sample.split(/[{ ]/, 1)[0]));
  for (const name of Object.values(metricNames)) expect(found).toContain(name);
  for (const label of [
    "wsgen_module",
    "wsgen_event",
    "rpc_method",
    "http_response_status_code",
    "network_io_direction",
  ])
    expect(page).toContain(`${label}=`);
});

// A real Prometheus reads the page.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { enableMetrics, setLogger } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { freePort } from "../../../support/free-port.js";
import { skipUnless } from "../../../support/skip-unless.js";
import { defineModule, ping } from "../../serve/define-module.js";
import { recordingLogger } from "../../support/recording-logger.js";

const hasPrometheus = ["prometheus", "promtool"].every((name) => spawnSync(name, ["--version"]).status === 0);
const withPrometheus = skipUnless(
  hasPrometheus,
  "Prometheus reads the metrics",
  "apt-get install prometheus",
);

/** The value of the first series. @throws Error before the first series has come */
async function ask(url: string): Promise<string> {
  const response = await fetch(url);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const [series] = data.result;
  if (series === undefined) throw new Error("Prometheus has no value.");
  return series.value[1];
}

withPrometheus.describe("Prometheus", () => {
  let server: TestServer;
  let address: string;

  beforeEach(async () => {
    const log = recordingLogger();
    const config = [setLogger(log), enableMetrics({ prometheus: { port: 0 } })];
    server = await startModules(defineModule({ commands: [ping], config }));
    const line = log.lines.find(({ message }) => message === "metrics listening");
    address = `127.0.0.1:${(line?.fields as { port?: number } | undefined)?.port}`;
    const client = await connectClient(server.url("/test/ws"));
    for (let count = 0; count < 3; count++) await client.request("ping");
  });
  afterEach(() => server.close());

  withPrometheus.test("can read every line: promtool check metrics", async () => {
    const page = await fetch(`http://${address}/metrics`).then((response) => response.text());
    const { status, stderr } = spawnSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" });
    // The names are those of OpenTelemetry's conventions. 3: the linter wants other units in them.
    const found = stderr
      .split("\n")
      .filter((line) => line !== "" && !/use base unit|should contain|counter|abbreviated/.test(line));
    expect(found).toEqual([]);
    expect([0, 3]).toContain(status);
  });

  withPrometheus.test(
    "scrapes them, and answers a query for the commands",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "wsgen-prometheus-"));
      const port = await freePort();
      const job = { job_name: "wsgen", static_configs: [{ targets: [address] }] };
      // JSON is YAML.
      const config = { global: { scrape_interval: "200ms", scrape_timeout: "200ms" }, scrape_configs: [job] };
      writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
      const prometheus: ChildProcess = spawn(
        "prometheus",
        [
          `--config.file=${join(folder, "prometheus.yml")}`,
          `--storage.tsdb.path=${join(folder, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: "ignore" },
      );
      try {
        const query = encodeURIComponent('rpc_server_call_duration_count{rpc_method="test/ping"}');
        const found = await vi.waitFor(() => ask(`http://127.0.0.1:${port}/api/v1/query?query=${query}`), {
          timeout: 30_000,
          interval: 200,
        });
        expect(found).toBe("3");
      } finally {
        const exit = once(prometheus, "exit");
        prometheus.kill();
        await exit;
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});

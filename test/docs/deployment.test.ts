// The files of docs/deployment.md against the server that they run.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test } from "vitest";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { parse, parseAllDocuments } from "yaml";
import { defineModule } from "../runtime/serve/define-module.js";
import { freePort } from "../support/free-port.js";
import { readBlocks } from "./read-blocks.js";

const blocks = readBlocks().filter(({ place }) => place.startsWith("docs/deployment.md"));
const textOf = (find: (block: (typeof blocks)[number]) => boolean): string => {
  const found = blocks.find(find);
  if (found === undefined) throw new Error("The document does not have the block.");
  return found.text;
};
const fileNamed = (name: string): string => textOf(({ file }) => file.endsWith(`/${name}`));
/** `closeOnSignals` without options. */
const deadlineMs = 10_000;

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const dockerfile = readFileSync(
  fileURLToPath(new URL("../../templates/project/Dockerfile.hbs", import.meta.url)),
  "utf8",
);
const command: readonly string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? "");

test("systemd and PM2 start what the image starts, in product mode, and wait longer than a shutdown takes", () => {
  const unit = textOf(({ language }) => language === "ini");
  const read = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  expect(read("ExecStart")).toBe(["/usr/bin/node", ...command.slice(1)].join(" "));
  expect(read("Environment")).toBe("NODE_ENV=production");
  expect(read("KillSignal")).toBe("SIGTERM");
  expect(Number(read("TimeoutStopSec")) * 1_000).toBeGreaterThan(deadlineMs);

  const module: { exports: { apps?: readonly Record<string, unknown>[] } } = { exports: {} };
  runInNewContext(fileNamed("ecosystem.config.cjs"), { module });
  const [app] = module.exports.apps ?? [];
  expect(["node", app?.node_args, app?.script]).toEqual(command);
  expect(app?.env).toEqual({ NODE_ENV: "production" });
  expect(app?.kill_timeout).toBeGreaterThan(deadlineMs);
});

test("compose: its health check follows the server, and its time to stop is longer than a shutdown takes", async () => {
  const { chat } = parse(fileNamed("compose.yaml")).services;
  expect(Number.parseInt(chat.stop_grace_period, 10) * 1_000).toBeGreaterThan(deadlineMs);
  const [kind, program, ...args]: string[] = chat.healthcheck.test;
  expect([kind, program]).toEqual(["CMD", "node"]);
  const isHealthy = (port: number) =>
    new Promise<boolean>((resolve) => {
      const code = args.map((each) => each.replace("10099", String(port)));
      execFile(process.execPath, code, (error) => resolve(error === null));
    });
  server = await startModules(defineModule());
  expect(await isHealthy(server.serve.ports[0] ?? 0)).toBe(true);
  expect(await isHealthy(await freePort())).toBe(false);
});

test("Kubernetes: the probes are answered, the names fit, and a pod has the time of its shutdown", async () => {
  const [deployment, service] = parseAllDocuments(fileNamed("deployment.yaml")).map((each) => each.toJS());
  const { metadata, spec } = deployment.spec.template;
  const [container] = spec.containers;
  expect(deployment.spec.selector.matchLabels).toEqual(metadata.labels);
  expect(service.spec.selector).toEqual(metadata.labels);
  const [port] = container.ports;
  expect(service.spec.ports[0].targetPort).toBe(port.name);
  server = await startModules(defineModule());
  for (const probe of [container.readinessProbe, container.livenessProbe]) {
    expect(probe.httpGet.port).toBe(port.name);
    const answer = await fetch(`http://127.0.0.1:${server.serve.ports[0]}${probe.httpGet.path}`);
    expect(answer.status).toBe(200);
  }
  const fragment = textOf(({ language, text }) => language === "ts" && text.includes("closeOnSignals"));
  const [, noticeMs = "", ownMs = ""] = /noticeMs: ([\d_]+), deadlineMs: ([\d_]+)/.exec(fragment) ?? [];
  const totalMs = [noticeMs, ownMs].reduce((sum, each) => sum + Number(each.replaceAll("_", "")), 0);
  expect(totalMs).toBeGreaterThan(0);
  expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(totalMs);
});

test("the shell commands have the syntax of sh", () => {
  for (const { text } of blocks.filter(({ language }) => language === "sh"))
    expect(spawnSync("sh", ["-n"], { input: text }).status, text).toBe(0);
});

import { expect, test } from "vitest";
import { createCommandCalls, createModuleCalls } from "../../../src/render/option-calls.js";
import { modelOf, specOf } from "../contract-diff/model-of.js";

const moduleOf = (config: string, commands = "{}") =>
  modelOf(specOf(`{ port: 1, urls: [ws], config: ${config}, commands: ${commands} }`)).modules[0]!;

const calls = (config: string): string[] =>
  createModuleCalls(moduleOf(config).config).map(
    ({ callee, args }) => `${callee}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`,
  );
test.each([
  ["{ mode: product, pingPeriod: 1m }", ['setMode("product")', "setPingPeriod(60)"]],
  ["{ log: true }", ["setLogFile()"]],
  ["{ log: false }", []],
  ["{ log: { file: a.log } }", ['setLogFile({"file":"a.log"})']],
  ["{ log: { split: day }, logLevel: warn }", ['setLogFile({"split":"day"})', 'setLogLevel("warn")']],
  ["{ pprof: 6060 }", ["enablePprof(6060)"]],
  ["{ pprof: { port: 6060, host: '::1' } }", ['enablePprof(6060, {"host":"::1"})']],
  ["{ admin: { port: 9000, tokenEnv: T } }", ['enableAdmin(9000, {"tokenEnv":"T"})']],
  [
    "{ admin: { port: 9000, tokenEnv: T, host: '::1' } }",
    ['enableAdmin(9000, {"tokenEnv":"T","host":"::1"})'],
  ],
  [
    "{ admin: { port: 9000, tokens: [{ name: ops, env: T, rights: [read, act] }] } }",
    ['enableAdmin(9000, {"tokens":[{"name":"ops","env":"T","rights":["read","act"]}]})'],
  ],
  ["{ storeConnection: false }", ["disableStoreConnection()"]],
  ["{ storeConnection: true }", []],
  ["{ logConsole: false }", ["enableConsoleLog(false)"]],
  ["{ inboundQueue: { bytes: 2MiB } }", ['setInboundQueue({"bytes":2097152})']],
  ["{ compression: true }", ["setCompression()"]],
  ["{ health: true }", []],
  ["{ health: false }", ["setHealth(false)"]],
  ["{ health: { ready: /up } }", ['setHealth({"ready":"/up"})']],
  ["{ compression: { threshold: 1KiB } }", ['setCompression({"threshold":1024})']],
  ["{ commandRate: 5 }", ["setCommandRate(5)"]],
  ["{ commandRate: { perSecond: 5, burst: 9 } }", ['setCommandRate({"perSecond":5,"burst":9})']],
  ["{ allowedOrigins: ['*'] }", ['setAllowedOrigins(["*"])']],
  [
    "{ envelope: { command: type, unknownCommand: 1008 } }",
    ['setEnvelope({"command":"type","unknownCommand":1008})'],
  ],
  [
    "{ tls: { cert: a.pem, key: k.pem, ca: c.pem, requestCert: true } }",
    ['setTls({"certFile":"a.pem","keyFile":"k.pem","caFile":"c.pem","requestCert":true})'],
  ],
])("createModuleCalls: %s", (config, expected) => expect(calls(config)).toEqual(expected));

test("createCommandCalls: switches off a default", () => {
  const config =
    "{ errorMessage: false, logUpData: false, logDownData: false, responseData: true, executeTimeout: 500ms }";
  const [command] = moduleOf("{}", `{ a: { config: ${config} } }`).commands;
  expect(createCommandCalls(command!.config)).toEqual([
    { callee: "disableErrorMessage", args: [] },
    { callee: "disableLogUpData", args: [] },
    { callee: "disableLogDownData", args: [] },
    { callee: "setCommandTimeout", args: [0.5] },
  ]);
});

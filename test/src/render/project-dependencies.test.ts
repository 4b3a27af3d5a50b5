import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { CompiledSchemas } from "../../../src/compile-schemas/compile-schemas.js";
import { buildModel } from "../../../src/model/build-model.js";
import { fillTemplate } from "../../../src/render/engine.js";
import { projectFileView } from "../../../src/render/project-views.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const nothingCompiled: CompiledSchemas = {
  schemas: { imports: [], shared: [], text: "" },
  modules: new Map(),
  handshakeSamples: new Map(),
};
const templates = new Map([["project/package.json", read("templates/project/package.json.hbs")]]);

const dependenciesWith = (config: string): Record<string, string> => packageWith(config).dependencies;

function packageWith(config: string): Record<"dependencies" | "devDependencies", Record<string, string>> {
  const text = `wsgen: 1\nname: demo\nmodules: { a: { port: 1, urls: [ws] }, b: { port: 1, urls: [ws], config: ${config} } }\n`;
  const spec = readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
  expect(spec.diagnostics).toEqual([]);
  const model = spec.value && buildModel(spec.value).value;
  if (model === undefined) throw new Error("there is no model");
  const view = projectFileView(model, { runtime: "^0.1.0", generator: "^0.1.0" }, nothingCompiled);
  return JSON.parse(fillTemplate(templates, "project/package.json", view));
}

test("package.json: depends on the MessagePack library that the runtime supports if a module uses it", () => {
  const { peerDependencies } = JSON.parse(read("runtime/package.json"));
  expect(dependenciesWith("{ envelope: { codec: msgpack } }")).toEqual({
    "@msgpack/msgpack": peerDependencies["@msgpack/msgpack"],
    "wsgen-runtime": "^0.1.0",
  });
});

test("package.json: does not depend on the MessagePack library otherwise", () => {
  expect(dependenciesWith("{}")).toEqual({ "wsgen-runtime": "^0.1.0" });
  expect(dependenciesWith("{ envelope: { codec: json, command: msgpack } }")).toEqual({
    "wsgen-runtime": "^0.1.0",
  });
});

test("package.json: has the types that the runtime's declarations name, for development only", () => {
  const { devDependencies: types } = JSON.parse(read("runtime/package.json"));
  const { dependencies, devDependencies } = packageWith("{}");
  for (const name of ["@types/koa", "@types/node", "@types/ws"])
    expect(devDependencies[name]).toBe(types[name]);
  expect(Object.keys(dependencies).filter((name) => name.startsWith("@types/"))).toEqual([]);
});

test("package.json: depends on the packages of OpenTelemetry that the options metrics and traces load, and on no others", () => {
  const { peerDependencies } = JSON.parse(read("runtime/package.json"));
  const telemetry = (config: string) =>
    Object.entries(dependenciesWith(config)).filter(([name]) => name.startsWith("@opentelemetry/"));
  const api = ["@opentelemetry/api", peerDependencies["@opentelemetry/api"]];
  expect(telemetry("{ metrics: false }")).toEqual([]);
  expect(telemetry("{ metrics: true }")).toEqual([api]);
  expect(telemetry("{ traces: true }")).toEqual([api]);
  expect(telemetry("{ traces: false }")).toEqual([]);
  expect(telemetry("{ metrics: { prometheus: {} } }")).toEqual([
    api,
    ["@opentelemetry/exporter-prometheus", peerDependencies["@opentelemetry/exporter-prometheus"]],
    ["@opentelemetry/sdk-metrics", peerDependencies["@opentelemetry/sdk-metrics"]],
  ]);
});

test("package.json: depends on the client of Redis that the runtime supports if a module is in a cluster", () => {
  const { peerDependencies } = JSON.parse(read("runtime/package.json"));
  expect(dependenciesWith("{ cluster: { redis: { urlEnv: REDIS_URL } } }")).toEqual({
    redis: peerDependencies.redis,
    "wsgen-runtime": "^0.1.0",
  });
});

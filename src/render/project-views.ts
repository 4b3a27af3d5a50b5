import { basename, posix } from "node:path";
import type { CompiledSchemas } from "../compile-schemas/compile-schemas.js";
import type { HandshakeSamples } from "../compile-schemas/handshake-fields.js";
import { listParameters } from "../model/handshake.js";
import type { EventModel, Model, ModuleModel } from "../model/model.js";
import { layout } from "../model/module-files.js";
import { importClause, importPath, listAddresses, samplePath } from "../model/paths.js";
import { literal } from "../schema/encode.js";
import { isRecord } from "../spec-file/json.js";
import type { Json } from "../spec-file/spec.js";
import { describeAddress, envelopeNames } from "./client-view.js";
import { markdownText } from "./encoders.js";
import { fillTemplate, type Templates } from "./engine.js";
import { drawFlowchart } from "./flowchart.js";
import type { PackageSpecs } from "./render.js";

/** The view of `src/main.ts`. */
export const mainView = (model: Model) => ({
  modules: model.modules.map(({ className, exportedAs, files }) => ({
    className,
    clause: importClause(className, exportedAs),
    importPath: importPath(model.mainFile, files.module),
  })),
});

/** The view of every file of the project that is created once from the model as a whole: package.json, README… */
export const projectFileView = (model: Model, packages: PackageSpecs, compiled: CompiledSchemas) => ({
  name: model.name,
  packageName: model.name,
  description: model.description,
  runtimeSpec: packages.runtime,
  generatorSpec: packages.generator,
  spec: packages.spec ?? "",
  specFile: code(packages.spec ?? layout.spec),
  usesMessagePack: model.modules.some(usesMessagePack),
  messagePackRange,
  optionalPackages: listOptionalPackages(model),
  ports: [...new Set(model.modules.map(({ port }) => port))],
  modules: model.modules.map((module) => ({
    name: module.wireName,
    addresses: listAddresses(module).map(code).join(", "),
    commands: module.commands.map(({ wireName }) => code(wireName)).join(", "),
  })),
  flowchart: drawFlowchart(model).trimEnd(),
  pushes: describePush(model),
  codeFolders: listCodeFolders(model).map(literal).join(", "),
  hasClients: model.modules.length > 0,
  clientFolder: code(`${model.clients.folder}/`),
  clientCore: importPath("README.md", model.clients.core),
  clients: model.modules.map((module) => ({
    createName: module.client.createName,
    variable: module.variable,
    importPath: importPath("README.md", module.files.client),
    ...describeClientCall(module, compiled.handshakeSamples.get(module.wireName) ?? new Map()),
  })),
});

/** The folders that the project compiles. One outside the project is compiled by the project that it is in. */
const listCodeFolders = ({ clients: { folder } }: Model): readonly string[] =>
  /^(\.\.|src|test)(\/|$)/.test(folder) ? ["src", "test"] : ["src", folder, "test"];

/** Lines that push to a module from a command of another module; empty without modules. */
function describePush({ modules }: Model) {
  const module = modules.find((each) => listPushable(each).length > 0) ?? modules[0];
  if (module === undefined) return [];
  const { wireName, connectionsName, eventsName, files, folder } = module;
  const [event] = listPushable(module);
  return [
    {
      code: code(wireName),
      names: [connectionsName, ...(event === undefined ? [] : [eventsName])].join(", "),
      importPath: importPath(`${posix.dirname(folder)}/other/commands/any.command.ts`, files.generated),
      lines: [
        ...(event === undefined ? [] : [`${eventsName}(ctx).${event.property}.room("lobby").emit(data);`]),
        `${connectionsName}(ctx).tagged("user:7").close(4000, "Signed out.");`,
      ],
    },
  ];
}

/** The events that the user pushes: the runtime sends those of presence by itself. */
const listPushable = ({ events, presence }: ModuleModel): readonly EventModel[] =>
  events.filter(({ wireName }) => wireName !== presence?.join && wireName !== presence?.leave);

/** The arguments that connect a client: the URL, or the base URL with the values that the client needs for it. */
function describeClientCall(module: ModuleModel, samples: HandshakeSamples) {
  const { parts, isRequired } = describeAddress(module);
  const base = `ws://localhost:${module.port}`;
  const envelope = usesMessagePack(module)
    ? [`envelope: createEnvelope(${literal(envelopeNames(module))}, codec)`]
    : [];
  if (!isRequired)
    return { address: base + samplePath(module, samples.get("params")), options: optionsSource(envelope) };
  const values = parts
    .filter(({ optional }) => optional === "")
    .map(({ part }) => `${part}: ${literal(samples.get(part) ?? nameParameters(module))}`);
  return { address: base, options: optionsSource([...values, ...envelope]) };
}

const optionsSource = (members: readonly string[]): string =>
  members.length === 0 ? "" : `, { ${members.join(", ")} }`;

/** The parameters of the first route with their names as values. */
const nameParameters = ({ urls: [url = ""] }: ModuleModel): Readonly<Record<string, string>> =>
  Object.fromEntries(listParameters(url).map((name) => [name, name]));

/** The version of `@msgpack/msgpack` that the runtime supports. It loads that package only for the codec msgpack. */
const messagePackRange = "^3.1.3";

const usesMessagePack = ({ envelope }: ModuleModel): boolean => envelope.codec === "msgpack";

/** The packages that the runtime loads for the options `metrics` and `traces`, in the versions that it supports. */
const apiPackage = { name: "@opentelemetry/api", range: "^1.9.0" } as const;
const prometheusPackages = [
  { name: "@opentelemetry/exporter-prometheus", range: "^0.223.0" },
  { name: "@opentelemetry/sdk-metrics", range: "^2.12.0" },
] as const;

/** For the option `cluster`. */
const redisPackage = { name: "redis", range: "^6.3.1" } as const;

const listMetricOptions = ({ modules }: Model): readonly Json[] =>
  modules.flatMap(({ config }) =>
    config.flatMap(({ option, value }) => (option === "metrics" && value !== false ? [value] : [])),
  );

/** Whether a module has a page for Prometheus. */
export const hasMetricsPage = (model: Model): boolean =>
  listMetricOptions(model).some((value) => isRecord(value) && value.prometheus !== undefined);

/** The packages that the runtime loads for the options of the modules, in the versions that it supports. */
function listOptionalPackages(model: Model) {
  const has = (name: string) =>
    model.modules.some(({ config }) =>
      config.some(({ option, value }) => option === name && value !== false && value !== null),
    );
  const isMeasured = has("traces") || listMetricOptions(model).length > 0;
  return [
    ...(isMeasured ? [apiPackage] : []),
    ...(hasMetricsPage(model) ? prometheusPackages : []),
    ...(has("cluster") ? [redisPackage] : []),
  ];
}

// In a table cell `|` ends even a code span, so text with `|` or a back-tick becomes escaped prose instead.
const code = (text: string): string => (/^[^`|\p{C}]+$/u.test(text) ? `\`${text}\`` : markdownText(text));

const prefix = "starter/";

/**
 * The first files of a new project without a spec: the ping example with its spec and complete code.
 * The name comes from the folder's.
 */
export function starterFiles(templates: Templates, folder: string): ReadonlyMap<string, string> {
  const name = projectName(basename(folder));
  const names = [...templates.keys()].filter((template) => template.startsWith(prefix)).sort();
  return new Map(
    names.map((template) => [template.slice(prefix.length), fillTemplate(templates, template, { name })]),
  );
}

const projectName = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "websocket-server";

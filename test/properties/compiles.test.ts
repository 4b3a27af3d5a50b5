// Any valid spec gives a project that compiles as strictly as the generated tsconfig asks. The compiler starts once,
// over all projects of the run.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readTemplates } from "../../src/fs/own-files.js";
import { generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const projects = 60;

test(`new project: ${projects} random specs give projects that compile`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-compiles-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const specs = fc.sample(anySpec, { numRuns: projects, seed: 20_261_123 });
  for (const [index, spec] of specs.entries()) await writeProject(join(folder, `p${index}`), spec);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(strictConfig));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));

  const compiled = await promisify(execFile)(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    folder,
  ]).catch((error: { stdout: string }) => error);
  expect(compiled.stdout).toBe("");
}, 600_000);

/** The generated tsconfig's own options, over all projects at once. */
const strictConfig = {
  compilerOptions: {
    noEmit: true,
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: false,
  },
  include: ["p*/**/*.ts"],
};

async function writeProject(folder: string, spec: object): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(spec));
  const model = readModel({ file: "wsgen.yaml", bytes });
  expect(model.diagnostics, JSON.stringify(spec)).toEqual([]);
  const { tree, diagnostics } = await generate({
    model: model.value!,
    files: new Map(),
    templates: await readTemplates(),
    version: "1.0.0",
    scope: { of: "project" },
  });
  expect(diagnostics).toEqual([]);
  for (const [path, content] of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const words = ["chat", "user.login", "send-all", "get_item", "x1", "roomJoin", "feed:read", "A"];
const text = fc.string({ maxLength: 12, unit: "grapheme" });

const scalarSchema = fc.oneof(
  fc.constantFrom(
    { type: "string", format: "date-time" },
    { type: "integer", minimum: 0 },
    { type: ["number", "null"] },
    true,
    {},
  ),
  fc.record({
    enum: fc.uniqueArray(fc.oneof(text, fc.integer(), fc.boolean()), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ const: fc.oneof(text, fc.integer(), fc.constant(null)) }),
  fc.constant({ $ref: "#/schemas/Shared" }),
);

const anySchema = fc.letrec<{ any: object | boolean; object: object }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    scalarSchema,
    tie("object"),
    fc.record({ type: fc.constant("array"), items: tie("any") }),
    fc.record({ oneOf: fc.tuple(tie("any"), tie("any")) }),
    fc.record({ type: fc.constant("array"), prefixItems: fc.tuple(tie("any"), tie("any")) }),
  ),
  object: fc
    .record({
      properties: fc.dictionary(
        fc.oneof(text, fc.constantFrom("a", "class", "__proto__", "constructor")),
        tie("any"),
        { maxKeys: 4 },
      ),
      additionalProperties: fc.option(tie("any"), { nil: undefined }),
      description: fc.option(text, { nil: undefined }),
      required: fc.boolean(),
    })
    .map(({ properties, additionalProperties, description, required }) => ({
      type: "object",
      properties: withoutEnvelope(properties),
      ...(required && { required: Object.keys(withoutEnvelope(properties)) }),
      ...(additionalProperties !== undefined && { additionalProperties }),
      ...(description !== undefined && { description }),
    })),
}));

/** A request has no fields of the envelope's names. */
const withoutEnvelope = (properties: Record<string, object | boolean>): Record<string, object | boolean> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "command" && name !== "id"));

/** A request has no field `__proto__` at its top. */
const anyRequest = anySchema.object.filter(
  (schema) => !Object.hasOwn((schema as { properties: object }).properties, "__proto__"),
);

const anyCommand = fc.record(
  { description: text, request: anyRequest, reply: anySchema.any },
  { requiredKeys: [] },
);

const anyError = fc.record(
  { description: text, details: anySchema.any, retry: fc.boolean(), closeCode: fc.constant(4403) },
  { requiredKeys: [] },
);

/** Every command answers all errors of the module. */
const answerAll = <M extends { commands: Record<string, object>; errors: object }>(module: M) => ({
  ...module,
  commands: Object.fromEntries(
    Object.entries(module.commands).map(([name, one]) => [
      name,
      { ...one, errors: Object.keys(module.errors) },
    ]),
  ),
});

/** Guards of the module and of each command. A command with the name of its module would need another name in code. */
const guardAll = <M extends { commands: Record<string, object> }>(module: M, moduleName: string) =>
  Object.keys(module.commands).some((name) => name.toLowerCase() === moduleName.toLowerCase())
    ? fc.constant(module)
    : fc
        .tuple(fc.subarray(["loggedIn", "is-admin"]), fc.subarray(["a b", "member"]))
        .map(([guards, ofCommands]) => ({
          ...module,
          guards,
          commands: Object.fromEntries(
            Object.entries(module.commands).map(([name, one]) => [name, { ...one, guards: ofCommands }]),
          ),
        }));

const anySpec = fc.record({
  wsgen: fc.constant(1),
  name: fc.constant("random"),
  schemas: fc.record({ Shared: anySchema.object }),
  modules: fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).chain((names) =>
    fc.record(
      Object.fromEntries(
        names.map((name, index) => [
          name,
          fc
            .record({
              flag: fc.constant(`m${index}`),
              port: fc.integer({ min: 0, max: 65_535 }),
              urls: fc.constantFrom(["ws"], ["ws", "rooms/:room"], ["files/*path"]),
              commands: namedSet(anyCommand),
              events: namedSet(fc.record({ data: anySchema.any }, { requiredKeys: [] })),
              errors: namedSet(anyError),
            })
            .map(answerAll)
            .chain((module) => guardAll(module, name)),
        ]),
      ),
    ),
  ),
});

function namedSet<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .uniqueArray(fc.constantFrom(...words), { maxLength: 4 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, value]))));
}

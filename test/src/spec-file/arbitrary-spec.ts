import fc from "fast-check";
import type { FormatSchema } from "../../../src/spec-file/format-schema.js";
import { specSchema } from "../../../src/spec-file/spec-schema.js";

const name = fc.stringMatching(/^[a-z][a-z0-9]{3,8}$/).filter((text) => !/^(com|lpt)\d/.test(text));
const property = fc.constantFrom("text", "count", "tags");

/** JSON Schemas of values that are objects. */
const { schema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.record({ type: fc.constant("string"), maxLength: fc.nat(100) }, { requiredKeys: ["type"] }),
    fc.record({ type: fc.constant("integer"), minimum: fc.integer() }),
    fc.record({ enum: fc.constant(["low", "high"]) }),
    fc.record({ $ref: fc.constant("#/schemas/Shared") }),
    fc.record({ type: fc.constant("array"), items: tie("value") }),
    tie("schema"),
  ),
  schema: fc.record(
    {
      type: fc.constant("object"),
      required: fc.constant(["text"]),
      properties: fc.dictionary(property, tie("value")),
    },
    { requiredKeys: ["type"] },
  ),
}));

/** Details in both forms: a mapping of properties, and a whole schema. */
const details = fc.oneof(fc.dictionary(fc.constantFrom("text", "count?"), schema), schema);

const errors = fc.dictionary(
  name.map((text) => `f_${text}`),
  fc.record(
    {
      description: fc.string(),
      details,
      retry: fc.boolean(),
      closeCode: fc.integer({ min: 4000, max: 4999 }),
    },
    { requiredKeys: [] },
  ),
  { maxKeys: 3 },
);

const command = fc.record(
  {
    description: fc.string(),
    request: schema,
    reply: schema,
    config: fc.record({ logUpData: fc.boolean() }),
  },
  { requiredKeys: [] },
);

const config = fc.record(
  {
    mode: fc.constantFrom("debug", "product"),
    maxMessageSize: fc.constantFrom(1, 4096, "16KiB", "1MB"),
    writeWait: fc.constantFrom(0.5, 10, "500ms", "2m"),
    log: fc.constantFrom(true, false, { level: "info" }, { path: "./logs", split: "day" }),
    pprof: fc.constantFrom(6060, { port: 6060, host: "127.0.0.1" }),
    admin: fc.constantFrom({ port: 9000, tokenEnv: "ADMIN_TOKEN" }),
    allowedOrigins: fc.constantFrom([], ["*"], ["https://example.org"]),
  },
  { requiredKeys: [] },
);

const module = fc
  .record(
    {
      description: fc.string(),
      port: fc.nat(65_535),
      urls: fc.subarray(["ws", "rooms/:room", "user_:id/x"], { minLength: 1 }),
      config,
      commands: fc.dictionary(
        name.map((text) => `c.${text}`),
        command,
        { maxKeys: 4 },
      ),
      events: fc.dictionary(
        name.map((text) => `e-${text}`),
        fc.record({ data: schema }),
        { maxKeys: 3 },
      ),
      errors,
      presence: fc.record(
        {
          state: fc.constantFrom({ user: { type: "string" } }, { $ref: "#/schemas/Shared" }),
          join: fc.constant("e-joined"),
          leave: fc.constant("e-left"),
        },
        { requiredKeys: ["state"] },
      ),
    },
    { requiredKeys: ["port", "urls"] },
  )
  .map(({ presence, ...one }) => {
    const own = [presence?.join, presence?.leave].flatMap((event) => (event ? [[event, null]] : []));
    return presence ? { ...one, presence, events: { ...one.events, ...Object.fromEntries(own) } } : one;
  })
  // A command answers all errors of its module.
  .map((one) => {
    const codes = Object.keys(one.errors ?? {});
    const commands = Object.entries(one.commands ?? {}).map(([key, each]) => [
      key,
      { ...each, errors: codes },
    ]);
    return { ...one, ...(one.commands && { commands: Object.fromEntries(commands) as typeof one.commands }) };
  });

/** Specs that are valid, with names that do not meet. */
export const arbitrarySpec = fc.record(
  {
    wsgen: fc.constant(1),
    name: name.map((text) => `demo-${text}`),
    description: fc.string(),
    schemas: fc.record({ Shared: schema }),
    modules: fc.dictionary(name, module, { maxKeys: 4 }),
  },
  { requiredKeys: ["wsgen", "name", "schemas", "modules"] },
);

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e10,
    "",
    "x",
    "16KiB",
    "5s",
    [],
    ["a"],
    {},
    { a: 1 },
    { type: "string" },
  ),
  fc.string(),
);

/** Values that are near the format: mostly of the right shape, wrong here and there. */
export const nearSpec: fc.Arbitrary<unknown> = near(specSchema, 6);

function near(format: FormatSchema, depth: number): fc.Arbitrary<unknown> {
  if (depth === 0) return oddValue;
  if (format.$ref)
    return fc
      .constant(null)
      .chain(() => near(specSchema.definitions[format.$ref?.split("/")[2] ?? ""] ?? {}, depth - 1));
  if (format.anyOf) return fc.oneof(...format.anyOf.map((one) => near(one, depth)), oddValue);
  const exact = format.enum
    ? fc.constantFrom<unknown>(...format.enum)
    : fc.constant<unknown>(format.const ?? format.examples?.[0] ?? format.default ?? "x");
  const types = [format.type].flat();
  if (types.includes("array"))
    return fc.oneof(fc.array(near(format.items ?? {}, depth - 1), { maxLength: 3 }), oddValue);
  if (!types.includes("object"))
    return fc.oneof({ weight: 4, arbitrary: exact }, { weight: 1, arbitrary: oddValue });
  const { additionalProperties, properties = {}, required = [] } = format;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, near(one, depth - 1)])),
    {
      requiredKeys: [...required],
    },
  );
  const others =
    additionalProperties === false
      ? fc.constantFrom({}, {}, { extra: 1 })
      : fc.dictionary(name, near(additionalProperties ?? {}, depth - 1), { maxKeys: 2 });
  return fc.tuple(known, others).map(([one, other]) => ({ ...one, ...other }));
}

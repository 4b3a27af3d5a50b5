import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AuditLog } from "../../../runtime/src/operations/admin-audit.js";
import { AdminError } from "../../../runtime/src/operations/admin-error.js";
import type { Operation } from "../../../runtime/src/operations/admin-operation.js";
import { createOperations } from "../../../runtime/src/operations/admin-operations.js";
import type { ServerState } from "../../../runtime/src/operations/operations-server.js";
import { recordingLogger } from "../support/recording-logger.js";

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const operations = createOperations(
  { modules: [] } as unknown as ServerState,
  new AuditLog(recordingLogger(), undefined),
);
const withBody = operations.filter(({ body }) => body !== undefined);

type Schema = Readonly<Record<string, unknown>>;

/** Values near a schema: most of the right kind, some wrong. */
function near(schema: Schema): fc.Arbitrary<unknown> {
  const right = nearType(schema);
  const wrong = fc.constantFrom<unknown>(null, "", 0, -1, 1.5, true, [], {}, "x".repeat(300), 1e9, [1]);
  return fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function nearType(schema: Schema): fc.Arbitrary<unknown> {
  const { oneOf, properties, items, enum: choices, minimum = 0, maximum = 0 } = schema;
  if (Array.isArray(choices)) return fc.constantFrom<unknown>(...choices, "other");
  if ("const" in schema) return fc.constantFrom<unknown>(schema.const, false);
  if (isRecord(properties)) {
    const members = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, near(each as Schema)]),
    );
    return fc.record({ ...members, surplus: fc.constant(1) }, { requiredKeys: [] }).map((value) => {
      // Most records do not have what is never allowed.
      const { surplus, ...rest } = value as Record<string, unknown>;
      return surplus !== undefined && Object.keys(rest).length % 5 === 1 ? value : rest;
    });
  }
  if (Array.isArray(oneOf)) return fc.oneof(...oneOf.map((each) => near(each as Schema)));
  if (isRecord(items)) return fc.array(near(items), { maxLength: 3 });
  if (schema.type === "integer") {
    const [low, high] = [Number(minimum), Math.min(Number(maximum), 2 ** 40)];
    return fc.constantFrom(low, low + 1, high, high + 1, low - 1, 1000, 1004, 3000, 4999, 5000);
  }
  if (schema.type === "string") return fc.string({ maxLength: 20 });
  return schema.type === "boolean" ? fc.boolean() : fc.jsonValue();
}

const isRecord = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function accepts({ body }: Operation, value: unknown): boolean {
  try {
    body?.read(value, "The body");
    return true;
  } catch (error) {
    if (error instanceof AdminError) return false;
    throw error;
  }
}

describe("the checks accept exactly the bodies that the document allows", () => {
  test.each(withBody.map((each) => [each.id, each] as const))("%s", (_, operation) => {
    const validate = ajv.compile(operation.body?.schema ?? {});
    let valid = 0;
    fc.assert(
      fc.property(near(operation.body?.schema ?? {}), (value) => {
        // A batch is valid for the server, also with items that are not: each has an answer of its own.
        if (isRecord(value) && Array.isArray(value.pushes) && value.pushes.length > 0) return;
        const expected = validate(value);
        if (expected) valid += 1;
        expect(accepts(operation, value)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    // Otherwise the test would say nothing.
    expect(valid).toBeGreaterThan(10);
  });

  test("a reason has at most 123 bytes, which JSON Schema cannot say", () => {
    const close = operations.find(({ id }) => id === "closeConnection") ?? operations[0];
    const reason = "é".repeat(62);
    expect(ajv.compile(close?.body?.schema ?? {})({ reason })).toBe(true);
    expect(close && accepts(close, { reason })).toBe(false);
  });
});

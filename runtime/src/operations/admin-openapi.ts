import type { Operation } from "./admin-operation.js";
import type { JsonSchema } from "./admin-shape.js";

const errorSchema = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: { code: { type: "string" }, message: { type: "string" } },
      required: ["code", "message"],
      additionalProperties: false,
    },
  },
  required: ["error"],
  additionalProperties: false,
};

/** The errors of every operation, by status. */
const commonErrors: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "unauthorized",
  403: "forbidden",
  421: "misdirected_request",
  429: "too_many_failures",
  500: "failed",
};
const bodyErrors: Readonly<Record<number, string>> = {
  413: "body_too_large",
  415: "unsupported_media_type",
};
const keyErrors: Readonly<Record<number, string>> = {
  409: "request_in_progress",
  422: "idempotency_key_reused",
};

/** Writes the OpenAPI document (3.1) of the operations that are served. */
export function createDocument(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {
    "/healthz": { get: describeProbe("isAlive", "Whether the process is alive.") },
    "/readyz": { get: describeProbe("isReady", "Whether the server takes clients.") },
  };
  for (const operation of operations) {
    const path = operation.path.replace(":id", "{id}");
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Admin and push API",
      version: "1",
      description: "Shows, reaches and changes the connections of one process.",
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Error: errorSchema },
    },
  };
}

function describe(operation: Operation): object {
  const { id, right, summary, body, status, answer, isStream } = operation;
  const content = isStream ? { "application/x-ndjson": { schema: answer } } : json(answer);
  return {
    operationId: id,
    summary,
    description: `Needs the right \`${right}\`.`,
    "x-right": right,
    parameters: describeParameters(operation),
    ...(body && { requestBody: { content: json(body.schema) } }),
    responses: {
      [status]: { description: isStream ? "One JSON value on each line." : "Done.", content },
      ...describeErrors(operation),
    },
  };
}

function describeParameters({ path, query, right }: Operation): object[] {
  const inPath = path.includes(":id")
    ? [{ name: "id", in: "path", required: true, schema: { type: "string" } }]
    : [];
  const inQuery = Object.entries(query.fields).map(([name, { schema, isOptional }]) => ({
    ...{ name, in: "query", required: !isOptional, schema },
  }));
  const key = {
    ...{ name: "Idempotency-Key", in: "header", required: false },
    description: "The same key with the same request gets the first answer again, for an hour.",
    schema: { type: "string", minLength: 1, maxLength: 257 },
  };
  return [...inPath, ...inQuery, ...(right === "read" ? [] : [key])];
}

function describeErrors({ body, right, errors }: Operation): Record<string, object> {
  const all = [commonErrors, ...(body ? [bodyErrors] : []), ...(right === "read" ? [] : [keyErrors]), errors];
  const codes = new Map<string, string[]>();
  for (const [status, code] of all.flatMap((each) => Object.entries(each))) {
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  return Object.fromEntries([...codes].map(([status, names]) => [status, describeError(names)]));
}

const describeError = (codes: readonly string[]): object => ({
  description: codes.map((code) => `\`${code}\``).join(", "),
  content: json({ $ref: "#/components/schemas/Error" }),
});

const describeProbe = (operationId: string, summary: string): object => ({
  operationId,
  summary,
  security: [],
  responses: {
    200: { description: "Yes.", content: json({ type: "object", required: ["status"] }) },
    503: { description: "No.", content: json({ type: "object", required: ["status"] }) },
    421: describeError(["misdirected_request"]),
  },
});

const json = (schema: JsonSchema): object => ({ "application/json": { schema } });

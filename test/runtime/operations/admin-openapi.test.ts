import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryCluster, setCluster } from "wsgen-runtime";
import { openLines } from "../inspector/read-lines.js";
import { defineModule } from "../serve/define-module.js";
import { type AdminRequest, type AdminServer, askAdmin, startAdminServer, token } from "./admin-client.js";

// biome-ignore lint/suspicious/noExplicitAny: a JSON document
let document: any;
let admin: AdminServer;
let id: string;
let spreadId: string;
beforeAll(async () => {
  admin = await startAdminServer({ flag: "chat" }, { flag: "spread", config: [setCluster(memoryCluster())] });
  document = (await admin.ask("/openapi.json")).body;
  id = (await admin.connect("room=x&tag=t", "chat")).id;
  spreadId = (await admin.connect("", "spread")).id;
  // It is stored soon after its handshake.
  while ((await admin.ask(`/cluster/connections/${spreadId}`)).status !== 200)
    await new Promise(setImmediate);
});
afterAll(() => admin.server.close());

const message = { module: "chat", to: { room: "x" }, message: 1 };
const filter = "module=chat&room=nobody";

/** Requests of each operation, with the status that is expected. */
const requests: Readonly<Record<string, readonly (readonly [number, string, AdminRequest?])[]>> = {
  "GET /healthz": [[200, "/healthz", { headers: {} }]],
  "GET /readyz": [[200, "/readyz", { headers: {} }]],
  "GET /modules": [
    [200, "/modules"],
    [400, "/modules?limit=1"],
  ],
  "GET /connections": [
    [200, "/connections"],
    [200, "/connections?module=chat&room=x&tag=t&address=127.0.0.1&limit=1"],
    [400, "/connections?offset=1"],
    [404, "/connections?module=nope"],
  ],
  "GET /connections/{id}": [
    [200, "/connections/ID"],
    [400, "/connections/ID?a=1"],
    [404, "/connections/nobody"],
  ],
  "DELETE /connections/{id}": [
    [200, "/connections/ID", { body: { code: 4000, dryRun: true } }],
    [400, "/connections/ID", { body: { code: 1 } }],
    [404, "/connections/nobody"],
  ],
  "DELETE /connections": [
    [200, `/connections?${filter}`],
    [200, "/connections?module=chat", { body: { dryRun: true } }],
    [400, "/connections"],
    [404, "/connections?module=nope"],
  ],
  "PATCH /connections/{id}": [
    [200, "/connections/ID", { body: { join: ["y"], untag: ["t"] } }],
    [200, "/connections/ID", { body: { join: ["y"], dryRun: true } }],
    [400, "/connections/ID", { body: {} }],
    [404, "/connections/nobody", { body: { join: ["y"] } }],
  ],
  "PATCH /connections": [
    [200, `/connections?${filter}`, { body: { tag: ["y"] } }],
    [200, `/connections?${filter}`, { body: { tag: ["y"], dryRun: true } }],
    [400, "/connections", { body: { tag: ["y"] } }],
    [404, "/connections?module=nope", { body: { tag: ["y"] } }],
  ],
  "POST /push": [
    [200, "/push", { body: message }],
    [200, "/push", { body: { ...message, dryRun: true } }],
    [
      200,
      "/push",
      { body: { pushes: [message, { ...message, dryRun: true }, { ...message, module: "nope" }, 1] } },
    ],
    [400, "/push", { body: { ...message, to: {} } }],
    [404, "/push", { body: { ...message, module: "nope" } }],
    [400, "/push?a=1", { body: message }],
  ],
  "GET /log-level": [
    [200, "/log-level"],
    [400, "/log-level?module=chat"],
  ],
  "PUT /log-level": [
    [409, "/log-level", { body: { level: "debug" } }],
    [400, "/log-level", { body: { level: "loud" } }],
    [404, "/log-level", { body: { level: "debug", module: "nope" } }],
  ],
  "GET /drain": [
    [200, "/drain"],
    [400, "/drain?a=1"],
  ],
  "POST /drain": [
    [202, "/drain", { body: { dryRun: true, noticeMs: 1 } }],
    [400, "/drain", { body: { deadlineMs: "1" } }],
  ],
  "GET /audit": [
    [200, "/audit?limit=2"],
    [400, "/audit?offset=2"],
  ],
  "GET /cluster/connections": [
    [200, "/cluster/connections?module=spread&limit=1"],
    [400, "/cluster/connections"],
    [404, "/cluster/connections?module=nope"],
    [409, "/cluster/connections?module=chat"],
  ],
  "GET /cluster/connections/{id}": [
    [200, "/cluster/connections/SPREAD"],
    [404, "/cluster/connections/nobody"],
    [400, "/cluster/connections/SPREAD?a=1"],
  ],
  "DELETE /cluster/connections": [
    [202, "/cluster/connections?module=spread&room=nobody"],
    [400, "/cluster/connections?module=spread&room=x&tag=t"],
    [409, "/cluster/connections?module=chat"],
  ],
  "DELETE /cluster/connections/{id}": [
    [202, "/cluster/connections/SPREAD", { body: { code: 4000, reason: "moved" } }],
    [400, "/cluster/connections/SPREAD", { body: { code: 1 } }],
    [404, "/cluster/connections/nobody"],
  ],
  "GET /inspector/live": [
    [200, "/inspector/live"],
    [400, "/inspector/live?a=1"],
  ],
  "GET /inspector/connections/{id}/frames": [
    [200, "/inspector/connections/ID/frames"],
    [400, "/inspector/connections/ID/frames?a=1"],
    [404, "/inspector/connections/nobody/frames"],
  ],
  "GET /inspector/contract": [
    [200, "/inspector/contract"],
    [400, "/inspector/contract?a=1"],
  ],
  "GET /openapi.json": [
    [200, "/openapi.json"],
    [400, "/openapi.json?a=1"],
  ],
};

const keys = Object.keys(requests);

/** The requests that are bad for every operation: without a token, and a body that is too large or not JSON. */
function badRequests(key: string, path: string): (readonly [number, string, AdminRequest?])[] {
  const isProbe = path.startsWith("/healthz") || path.startsWith("/readyz");
  if (isProbe) return [];
  const hasBody = document.paths[pathOf(key)]?.[methodOf(key)]?.requestBody !== undefined;
  const authorization = `Bearer ${token}`;
  return [
    [401, path, { headers: {} }],
    ...(hasBody
      ? ([
          [413, path, { body: JSON.stringify({ message: "x".repeat(2 ** 20) }) }],
          [415, path, { body: "{}", headers: { authorization, "content-type": "text/plain" } }],
          [400, path, { body: "{" }],
          [400, path, { body: "[]" }],
        ] as const)
      : []),
  ];
}

const methodOf = (key: string): string => (key.split(" ")[0] ?? "").toLowerCase();
const pathOf = (key: string): string => key.split(" ")[1] ?? "";

function compile(schema: object) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  ajv.addSchema({ ...document, $id: "openapi" }, "openapi");
  ajv.addVocabulary([...Object.keys(document)]);
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
}

test("the document has every operation that is served, each of them is asked here, and its ids are different", () => {
  const documented = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
    ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual([...keys].sort());
  const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(document.openapi).toBe("3.1.0");
});

test.each(keys)("%s: good and bad requests get answers as the document says", async (key) => {
  const described = document.paths[pathOf(key)][methodOf(key)];
  const [, path = ""] = requests[key]?.[0] ?? [];
  for (const [status, asked, request] of [...(requests[key] ?? []), ...badRequests(key, path)]) {
    const method = methodOf(key).toUpperCase();
    const answer = await admin.ask(asked.replace("SPREAD", spreadId).replace("ID", id), {
      method,
      ...request,
    });
    // Requests without a token are limited for an address.
    const isAsExpected = answer.status === status || (status === 401 && answer.status === 429);
    expect([status, asked, answer, isAsExpected]).toEqual([status, asked, answer, true]);
    const response = described.responses[answer.status];
    expect(response, `${status} of ${key}`).toBeDefined();
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
    const validate = compile(response.content[type].schema);
    if (answer.body === undefined) {
      // A stream. The test below reads its lines.
      expect(type).toBe("application/x-ndjson");
      continue;
    }
    expect([validate(answer.body), validate.errors]).toEqual([true, null]);
    if (answer.body.error) expect(response.description).toContain(`\`${answer.body.error.code}\``);
    // The body of a good request is good by the document, too.
    if (status < 300 && request?.body !== undefined && !isMixedBatch(request.body)) {
      const check = compile(described.requestBody.content["application/json"].schema);
      expect([check(request.body), check.errors]).toEqual([true, null]);
    }
  }
});

test("the lines of streams are as the document says", async () => {
  const { client, id: watched } = await admin.connect("", "chat");
  const followed: [string, string][] = [
    ["/inspector/live", "/inspector/live"],
    ["/inspector/connections/{id}/frames", `/inspector/connections/${watched}/frames`],
  ];
  for (const [key, path] of followed) {
    await using lines = await openLines<object>(admin, path);
    client.send({ command: "nothing" });
    const validate = compile(document.paths[key].get.responses[200].content["application/x-ndjson"].schema);
    expect([validate(await lines.next()), validate.errors]).toEqual([true, null]);
  }
});

/** Its items that are not valid have answers of their own. */
const isMixedBatch = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "pushes" in body;

test("the errors of an Idempotency-Key are described, for actions alone", async () => {
  const headers = { authorization: `Bearer ${token}`, "idempotency-key": "k" };
  await admin.ask("/push", { method: "POST", headers, body: message });
  const reused = await admin.ask("/push", { method: "POST", headers, body: { ...message, message: 2 } });
  expect(reused.status).toBe(422);
  const { post } = document.paths["/push"];
  expect(post.responses[422].description).toContain(reused.body.error.code);
  expect(post.responses[409].description).toContain("request_in_progress");
  expect(post.parameters).toContainEqual(expect.objectContaining({ name: "Idempotency-Key", in: "header" }));
  expect(document.paths["/modules"].get.responses).not.toHaveProperty("422");
  expect(document.paths["/modules"].get.parameters).toEqual([]);
});

test("an answer is described for a log whose level can be changed", async () => {
  const { startModules } = await import("wsgen-runtime/testing");
  const { enableAdmin, enableConsoleLog, setLogLevel } = await import("wsgen-runtime");
  await using server = await startModules(
    defineModule({ config: [enableConsoleLog(true), setLogLevel("fatal"), enableAdmin(0, { token })] }),
  );
  const body = { level: "panic", forMs: 1_000 };
  const answer = await askAdmin(`http://127.0.0.1:${server.serve.admin?.port}/log-level`, {
    method: "PUT",
    body,
  });
  const { responses } = document.paths["/log-level"].put;
  const validate = compile(responses[200].content["application/json"].schema);
  expect([answer.status, validate(answer.body), validate.errors]).toEqual([200, true, null]);
});

test("each operation names its right, which a token must have", () => {
  const rights = Object.entries<Record<string, { "x-right"?: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { "x-right": right }]) => `${method} ${path} ${right ?? "free"}`),
  );
  expect(rights.filter((each) => each.endsWith(" read")).every((each) => each.startsWith("get "))).toBe(true);
  expect(rights.filter((each) => each.endsWith(" push"))).toEqual(["post /push push"]);
  expect(rights.filter((each) => each.endsWith(" free"))).toEqual(["get /healthz free", "get /readyz free"]);
});

test("a method that an operation does not have is answered with 405", async () => {
  for (const path of new Set(keys.map(pathOf))) {
    const answer = await admin.ask(path.replace("{id}", id), { method: "OPTIONS" });
    expect([path, answer.status]).toEqual([path, 405]);
  }
});

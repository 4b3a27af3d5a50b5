// A port without middlewares takes handshakes past Koa; nobody may be able to tell.
import { afterEach, describe, expect, test } from "vitest";
import {
  Mode,
  setLogger,
  setMaxConnections,
  setMode,
  setRefusal,
  setSubprotocols,
  setTrustProxy,
  use,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineModule, type ModuleDefinition } from "../serve/define-module.js";
import { exchange, type RequestParts } from "./http-exchange.js";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The same module twice: its handshakes go past Koa, and through it. */
async function startBoth(
  definition: ModuleDefinition,
): Promise<[direct: TestServer, throughKoa: TestServer]> {
  const { config = [] } = definition;
  const direct = await startModules(defineModule(definition));
  const throughKoa = await startModules(
    defineModule({ ...definition, config: [...config, use((_, next) => next())] }),
  );
  servers.push(direct, throughKoa);
  return [direct, throughKoa];
}

describe("an answer is the same past Koa and through it", () => {
  const refuse = (error: Error) => ({ connect: () => error });
  const cases: [name: string, definition: ModuleDefinition, request: RequestParts][] = [
    ["connect refuses", refuse(new Error("no")), {}],
    ["connect refuses later", { connect: async () => new Error("no") }, {}],
    [
      "connect throws a typed error",
      refuse(new WebsocketError("away", "Gone.", { status: 410, details: { é: 1 } })),
      {},
    ],
    ["another origin", { config: [setMode(Mode.product)] }, { headers: { Origin: "https://else.where" } }],
    ["bytes that are no UTF-8", { urls: [":name"] }, { line: "GET /test/%ff HTTP/1.1" }],
    ["no such route", {}, { line: "GET /test/other HTTP/1.1" }],
    ["an absolute target", refuse(new Error("no")), { line: "GET http://localhost/test/ws?a=1 HTTP/1.1" }],
    ["a target that is no URL", {}, { line: "GET http://[/ HTTP/1.1" }],
    ["another version", {}, { headers: { "Sec-WebSocket-Version": "8" } }],
  ];

  test.each(cases)("%s", async (_name, definition, request) => {
    const both = await startBoth(definition);
    const [direct, throughKoa] = await Promise.all(
      both.map(async (server) => normalize(await exchange(server.url("/test/ws"), request))),
    );
    expect(direct?.status).not.toContain(" 101 ");
    expect(direct).toEqual(throughKoa);
  });

  test("there are too many connections", async () => {
    for (const server of await startBoth({ config: [setMaxConnections(1)] })) {
      await using _client = await connectClient(server.url("/test/ws"));
      expect(await exchange(server.url("/test/ws"), {})).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"too_busy"/);
    }
  });

  test("a logger that throws costs the handshake nothing", async () => {
    const log = {
      debug() {},
      info() {},
      error() {},
      warn: () => {
        throw new Error("full");
      },
    };
    const logger = { ...log, fatal() {}, child: () => logger };
    const both = await startBoth({ config: [setLogger(logger)] });
    for (const server of both) {
      const headers = { Origin: "https://else.where" };
      await using client = await connectClient(server.url("/test/ws"), { headers });
      expect(client.socket.readyState).toBe(client.socket.OPEN);
    }
  });
});

test("a connection knows the same of its handshake", async () => {
  const connect = (ctx: WSContext) => {
    const { route, params, remoteAddress, subprotocol, state, headers } = ctx;
    const query = [...ctx.query];
    ctx.send({ route, params, query, remoteAddress, subprotocol, state, names: Object.keys(headers) });
  };
  const both = await startBoth({
    connect,
    urls: ["rooms/:room", "files/*path"],
    config: [setTrustProxy(1), setSubprotocols(["chat"])],
  });
  const told = both.map(async (server) => {
    const headers = { "X-Forwarded-For": "10.0.0.1, 10.0.0.2" };
    const options = { headers, protocols: ["other", "chat"] };
    await using client = await connectClient(server.url("/test/rooms/a%2Fb%20?x=1&y=%C3%A9&x=2"), options);
    return client.next();
  });
  const [direct, throughKoa] = await Promise.all(told);
  expect(direct).toMatchObject({
    route: "/test/rooms/:room",
    params: { room: "a/b " },
    query: [
      ["x", "1"],
      ["y", "é"],
      ["x", "2"],
    ],
    remoteAddress: "10.0.0.2",
    subprotocol: "chat",
  });
  expect(direct).toEqual(throughKoa);
});

test("a refusal by a close comes past Koa too", async () => {
  const config = [setRefusal("close")];
  for (const server of await startBoth({ config, connect: () => new Error("no") })) {
    const client = await connectClient(server.url("/test/ws"));
    expect(await client.next()).toMatchObject({ error: { code: "failed", message: "no" } });
    expect(await client.closed).toEqual({ code: 1011, reason: "no" });
  }
});

function normalize(answer: string) {
  const [head = "", body] = answer.split("\r\n\r\n");
  const [status, ...lines] = head.split("\r\n");
  const headers = lines.map((line) => line.toLowerCase()).filter((line) => !line.startsWith("date:"));
  return { status, headers: headers.sort(), body };
}

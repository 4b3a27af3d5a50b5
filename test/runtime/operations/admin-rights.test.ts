import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type AdminRight, enableAdmin } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineModule } from "../serve/define-module.js";
import { askAdmin, collectLines, token, urlOf } from "./admin-client.js";

let server: TestServer;
afterEach(() => server.close());

const tokenOf = (right: string): string => `0123456789abcdef-${right}`;

async function startWithRights() {
  const { lines, option } = collectLines();
  const rights: readonly AdminRight[] = ["read", "push", "act"];
  const tokens = rights.map((right) => ({
    name: `may ${right}`,
    token: tokenOf(right),
    rights: [right],
  }));
  server = await startModules(defineModule({ config: [enableAdmin(0, { tokens }), option] }));
  const ask = (path: string, { as, ...request }: { as: string; method?: string; body?: unknown }) =>
    askAdmin(urlOf(server) + path, { ...request, headers: { authorization: `Bearer ${tokenOf(as)}` } });
  return { ask, lines };
}

const push = { module: "test", to: { all: true }, message: "hi" };

test("each request needs one right, and the refusal names it", async () => {
  const { ask } = await startWithRights();
  const requests = [
    ["read", "/modules", {}],
    ["read", "/connections", {}],
    ["read", "/connections/nobody", {}],
    ["push", "/push", { method: "POST", body: push }],
    ["act", "/connections?module=test", { method: "DELETE" }],
    ["act", "/connections/nobody", { method: "DELETE" }],
  ] as const;
  for (const [right, path, request] of requests) {
    for (const as of ["read", "push", "act"]) {
      const { status, body } = await ask(path, { as, ...request });
      if (as === right) expect([200, 404]).toContain(status);
      else {
        expect(status).toBe(403);
        expect(body.error).toEqual({
          code: "forbidden",
          message: `This needs the right ${right}, which "may ${as}" does not have.`,
        });
      }
    }
  }
});

test("the log names the token that did something, and shows none", async () => {
  const { ask, lines } = await startWithRights();
  expect((await ask("/push", { as: "push", method: "POST", body: push })).status).toBe(200);
  expect(lines).toContainEqual(expect.objectContaining({ by: "may push", from: "127.0.0.1" }));
  expect(JSON.stringify(lines)).not.toContain("0123456789abcdef");
});

describe("the Host of a request on loopback", () => {
  async function askWithHost(host: string | undefined, path = "/modules"): Promise<string> {
    server = await startModules(defineModule({ config: [enableAdmin(0, { token })] }));
    const socket = connect({ port: server.serve.admin?.port ?? 0, host: "127.0.0.1" });
    const head = host === undefined ? `GET ${path} HTTP/1.0` : `GET ${path} HTTP/1.1\r\nHost: ${host}`;
    socket.write(`${head}\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    return text(socket);
  }

  test.each([
    "127.0.0.1",
    "127.0.0.1:9000",
    "127.9.9.9",
    "localhost",
    "LOCALHOST:1",
    "[::1]:80",
    "[::1]",
    undefined,
  ])("may be %s", async (host) => {
    expect(await askWithHost(host)).toContain(" 200 OK");
  });

  test.each([
    "evil.example",
    "evil.example:9000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "[::2]",
    "::1",
    "user@localhost",
    "localhost:80:80",
    "",
  ])("must not be %j, for the probes neither", async (host) => {
    for (const path of ["/modules", "/healthz", "/nothing"]) {
      const answer = await askWithHost(host, path);
      expect(answer).toContain(" 421 Misdirected Request");
      expect(answer).toContain('"code":"misdirected_request"');
      await server.close();
    }
  });

  test("is free where other machines reach the API", async () => {
    server = await startModules(defineModule({ config: [enableAdmin(0, { token, host: "0.0.0.0" })] }));
    const socket = connect({ port: server.serve.admin?.port ?? 0, host: "127.0.0.1" });
    await once(socket, "connect");
    socket.write("GET /healthz HTTP/1.1\r\nHost: admin.example\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).toContain(" 200 OK");
  });

  test("is of no importance to the clients of the modules", async () => {
    server = await startModules(defineModule({ config: [enableAdmin(0, { token })] }));
    const client = await connectClient(server.url("/test/ws"), { headers: { host: "chat.example" } });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});

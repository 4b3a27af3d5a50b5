import "../../../runtime/src/inspect.js";
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { enableAdmin, setContract, setMode } from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { collectLines, token } from "../operations/admin-client.js";
import { defineModule } from "../serve/define-module.js";

let server: TestServer;
afterEach(() => server.close());

/** Asks the inspector with any headers; fetch sets Host itself. */
async function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  const { host = "", port = 0 } = server.serve.inspector ?? {};
  // No connection of an earlier server at the same port.
  const sent = request({ host, port, path, headers, method, agent: false });
  sent.end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

test("in debug mode, the page and the API are open on loopback, and the log has the address", async () => {
  const { lines, option } = collectLines();
  server = await startModules(defineModule({ config: [option] }));
  const { port, host } = server.serve.inspector ?? {};
  expect(host).toBe("127.0.0.1");
  expect(lines).toContainEqual({
    level: "info",
    text: "inspector",
    url: `http://127.0.0.1:${port}/inspector/`,
  });
  expect(await ask("/inspector")).toMatchObject({ status: 302, headers: { location: "inspector/" } });
  expect(await ask("/inspector/")).toMatchObject({
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" },
  });
  for (const name of ["page.js", "page.css", "LICENSES.txt"])
    expect((await ask(`/inspector/${name}`)).status, name).toBe(200);
  expect((await ask("/modules")).status).toBe(200);
});

test("the page may load nothing but its own files, and no inline code", async () => {
  server = await startModules(defineModule());
  const policy = String((await ask("/inspector/")).headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("unsafe");
});

test("requests of other origins and for other hosts are refused, whatever they ask for", async () => {
  server = await startModules(defineModule());
  for (const path of ["/inspector/", "/inspector/live", "/modules", "/healthz"])
    expect((await ask(path, { host: "evil.example" })).status, path).toBe(421);
  const { port } = server.serve.inspector ?? {};
  for (const headers of [
    { origin: "http://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { origin: "null" },
  ])
    expect(await ask("/modules", headers as Record<string, string>)).toMatchObject({ status: 403 });
  const own = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };
  expect((await ask("/modules", own)).status).toBe(200);
});

test("in product mode, there is no inspector without a token", async () => {
  server = await startModules(defineModule({ config: [setMode("product"), enableAdmin(0, { token })] }));
  expect(server.serve.inspector).toBeUndefined();
  const url = `http://127.0.0.1:${server.serve.admin?.port}`;
  // The files hold nothing of the server.
  expect((await fetch(`${url}/inspector/`)).status).toBe(200);
  expect((await fetch(`${url}/inspector/live`)).status).toBe(401);
  const answer = await fetch(`${url}/inspector/live`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
});

test("a second server takes a free port", async () => {
  server = await startModules(defineModule());
  const other = await startModules(defineModule());
  expect(other.serve.inspector?.port).not.toBe(server.serve.inspector?.port);
  await other.close();
});

test("the forms of the page have the contract that a module loads on request", async () => {
  let calls = 0;
  const contract = { commands: { say: { request: { type: "object" }, examples: [{ text: "hi" }] } } };
  const load = async () => {
    calls += 1;
    return { contract };
  };
  server = await startModules(
    defineModule({ flag: "chat", config: [setContract(load)] }),
    defineModule({ flag: "b" }),
  );
  expect(calls).toBe(0);
  const answer = await ask("/inspector/contract");
  expect(JSON.parse(answer.body)).toEqual({ modules: { chat: contract, b: { commands: {} } } });
});

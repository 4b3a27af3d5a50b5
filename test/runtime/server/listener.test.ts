import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ConfigurationError, enablePprof, newWebsocketServe, setMaxHeaderSize, setTls } from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineModule, ping } from "../serve/define-module.js";
import { exchange } from "./http-exchange.js";

const certificate = (name: string) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
const pair = { certFile: certificate("cert"), keyFile: certificate("key") };

describe("TLS", () => {
  test("setTls: serves wss and https on the port", async () => {
    await using server = await startModules(defineModule({ config: [setTls(pair)], commands: [ping] }));
    const url = server.url("/test/ws");
    expect(url).toMatch(/^wss:/);
    const client = await connectClient(url, { ca: readFileSync(pair.certFile) });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    for (let number = 0; number < 200; number++)
      server.serve.module("test").all.send({ number, text: "x".repeat(5_000) });
    for (let number = 0; number < 200; number++) expect(await client.next()).toMatchObject({ number });
    expect(server.serve.module("test").stats().slowConsumers).toBe(0);
  });

  test("setTls: demands a client certificate with requestCert", async () => {
    const tls = setTls({ ...pair, caFile: pair.certFile, requestCert: true });
    await using server = await startModules(defineModule({ config: [tls], commands: [ping] }));
    const ca = readFileSync(pair.certFile);
    await expect(connectClient(server.url("/test/ws"), { ca })).rejects.toThrow();
    const client = await connectClient(server.url("/test/ws"), {
      ca,
      cert: ca,
      key: readFileSync(pair.keyFile),
    });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("names a file that is missing", async () => {
    const start = newWebsocketServe(
      defineModule({ port: 0, config: [setTls({ ...pair, keyFile: "nope.pem" })] }),
    );
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow(/"test": tls: .*nope\.pem/);
  });
});

test("setMaxHeaderSize: a head that is too large is refused", async () => {
  await using server = await startModules(defineModule({ config: [setMaxHeaderSize(1_024)] }));
  const answer = await exchange(server.url("/test/ws"), { headers: { "X-Large": "x".repeat(2_000) } });
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

test("enablePprof: profiles are served while the modules are; a taken port for them stops the start", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as { port: number };
  const module = defineModule({ port: 0, config: [enablePprof(port)] });
  await expect(newWebsocketServe(module)).rejects.toThrow(
    `module "test": cannot serve profiles on 127.0.0.1:${port}`,
  );
  blocker.close();
  await once(blocker, "close");
  const serve = await newWebsocketServe(module);
  expect((await fetch(`http://127.0.0.1:${port}/debug/pprof/`)).status).toBe(200);
  await serve.close();
  await expect(fetch(`http://127.0.0.1:${port}/debug/pprof/`)).rejects.toThrow();
});

import { expect, test } from "vitest";
import { connectClient, HandshakeRefused, startModules } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";

test("keeps every message, hands replies to their request, and gives up waiting after a time", async () => {
  const noisy = defineCommand("noisy", (ctx) => {
    ctx.emit("noise", 1);
    return "done";
  });
  await using server = await startModules(defineModule({ commands: [noisy] }));
  const client = await connectClient(server.url("/test/ws"));
  expect(await client.request("noisy")).toBe("done");
  expect(await client.next()).toEqual({ event: "noise", data: 1 });
  await expect(client.next(10)).rejects.toThrow("within 10 ms");
  await client.close(1000);
  await expect(client.next()).rejects.toThrow("closed: 1000");
});

test("getServerPort: modules that share a port still do, and the URL finds each", async () => {
  await using server = await startModules(
    defineModule({ flag: "a", port: 1, commands: [ping] }),
    defineModule({ flag: "b", port: 1 }),
    defineModule({ flag: "c", port: 2 }),
  );
  expect(server.serve.ports).toHaveLength(2);
  expect(server.serve.module("a").port).toBe(server.serve.module("b").port);
  expect(server.url("c/ws?x=1")).toBe(`ws://127.0.0.1:${server.serve.module("c").port}/c/ws?x=1`);
  expect(() => server.url("/nope/ws")).toThrow("Its modules are: a, b, c");
});

test("reports how a handshake was refused", async () => {
  await using server = await startModules(defineModule());
  const error = await connectClient(server.url("/test/nope")).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HandshakeRefused);
  expect(error).toMatchObject({ status: 404, body: "Not Found" });
});

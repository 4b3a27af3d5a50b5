import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import {
  type AdminOptions,
  ConfigurationError,
  enableAdmin,
  newWebsocketServe,
  StartError,
} from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";
import { askAdmin, collectLines, token, urlOf } from "./admin-client.js";

const variable = "WSGEN_TEST_ADMIN_TOKEN";
afterEach(() => {
  delete process.env[variable];
});

const withAdmin = (options: AdminOptions, port = 0) =>
  defineModule({ port: 0, config: [enableAdmin(port, options)] });

describe("the start is refused", () => {
  test.each<[string, AdminOptions, string]>([
    ["without a token", {}, 'module "test": admin is { port: 0'],
    ["with an empty token", { token: "" }, "token: an empty string"],
    ["with a short token", { token: "0123456789abcde" }, "token: a string of 15 characters"],
    ["with a token of other characters", { token: "no spaces, please, here" }, "token: a string of 23"],
    ["with a token in two places", { token, tokenEnv: variable }, "tokenEnv, token or tokens, one of them"],
    ["with no name of a variable", { tokenEnv: "A B" }, "the name of an environment variable"],
    ["with an empty host", { token, host: "" }, "host: an address"],
  ])("%s", async (_, options, message) => {
    const start = newWebsocketServe(withAdmin(options));
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow(message);
    await expect(start).rejects.toThrow("Set it with enableAdmin(port, { tokenEnv, token, tokens, host }?)");
    if (options.token) await expect(start).rejects.not.toThrow(options.token);
  });

  test.each([
    [undefined, "is not set"],
    ["", "is an empty string"],
    ["short", "is a string of 5 characters"],
  ])("with a variable that holds %j", async (value, found) => {
    if (value !== undefined) process.env[variable] = value;
    const start = newWebsocketServe(withAdmin({ tokenEnv: variable }));
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow(
      `module "test": admin: the environment variable ${variable} ${found}; allowed: 16 to 512`,
    );
  });

  test.each<[string, AdminOptions["tokens"], string]>([
    ["an empty list of tokens", [], "tokens is empty"],
    [
      "two tokens of one name",
      [
        { name: "ops", token, rights: ["read"] },
        { name: "ops", token: `${token}=`, rights: ["act"] },
      ],
      'two tokens are named "ops"',
    ],
    [
      "one token twice",
      [
        { name: "ops", token, rights: ["read"] },
        { name: "bot", token, rights: ["act"] },
      ],
      'the tokens "ops" and "bot" are the same',
    ],
    ["a variable that is not set", [{ name: "ops", env: variable, rights: [] }], `${variable} is not set`],
  ])("with %s", async (_, tokens, message) => {
    const start = newWebsocketServe(withAdmin({ tokens }));
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow(`module "test": admin: `);
    await expect(start).rejects.toThrow(message);
    await expect(start).rejects.not.toThrow(token);
  });

  test("where two modules ask for different things", async () => {
    const start = newWebsocketServe(
      defineModule({ flag: "a", port: 0, config: [enableAdmin(0, { token })] }),
      defineModule({ flag: "b", port: 0 }),
      defineModule({ flag: "c", port: 0, config: [enableAdmin(0, { token: `${token}=` })] }),
    );
    await expect(start).rejects.toThrow(StartError);
    await expect(start).rejects.toThrow('the modules "a" and "c" must agree on admin');
  });

  test("where the port is taken, and then nothing listens", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const { lines, option } = collectLines();
    const start = newWebsocketServe(
      defineModule({ port: 0, config: [enableAdmin(port, { token }), option] }),
    );
    await expect(start).rejects.toThrow(
      `module "test": cannot serve the admin API on 127.0.0.1:${port}: it is already in use (EADDRINUSE).`,
    );
    expect(lines.map(({ text }) => text)).not.toContain("listening");
    blocker.close();
  });
});

test("enableAdmin: the token comes from the environment, and modules that agree share one API", async () => {
  process.env[variable] = token;
  await using server = await startModules(
    defineModule({ flag: "a", config: [enableAdmin(0, { tokenEnv: variable })] }),
    defineModule({ flag: "b", config: [enableAdmin(0, { token })] }),
  );
  expect(server.serve.admin).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
  const { body } = await askAdmin(`${urlOf(server)}/modules`);
  expect(body.modules.map(({ flag }: { flag: string }) => flag)).toEqual(["a", "b"]);
});

test("enableAdmin: outside of loopback, the log has a warning", async () => {
  const { lines, option } = collectLines();
  await using server = await startModules(
    defineModule({ config: [enableAdmin(0, { token, host: "0.0.0.0" }), option] }),
  );
  expect(server.serve.admin?.host).toBe("0.0.0.0");
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "warn",
      text: expect.stringContaining("reachable from other machines"),
    }),
  );
});

test("enableAdmin: without it no API is served", async () => {
  await using server = await startModules(defineModule());
  expect(server.serve.admin).toBeUndefined();
});

test("a supervisor sees that it is alive, that it closes, and then nothing", async () => {
  let finish = () => {};
  const running = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const wait = defineCommand("wait", (ctx) => {
    ctx.send("begun");
    return running;
  });
  const server = await startModules(defineModule({ commands: [wait], config: [enableAdmin(0, { token })] }));
  const url = urlOf(server);
  const probe = (path: string) => askAdmin(url + path, { headers: {} });
  expect(await probe("/healthz")).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await probe("/readyz")).toMatchObject({ status: 200, body: { status: "ready" } });
  const client = await connectClient(server.url("/test/ws"));
  client.send({ command: "wait" });
  await client.next();
  const closed = server.serve.close();
  expect(await probe("/healthz")).toMatchObject({ status: 200 });
  expect(await probe("/readyz")).toMatchObject({ status: 503, body: { status: "not_ready" } });
  finish();
  await closed;
  await expect(probe("/healthz")).rejects.toThrow();
});

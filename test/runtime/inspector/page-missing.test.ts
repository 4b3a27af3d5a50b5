import "../../../runtime/src/inspect.js";
import { afterEach, expect, test, vi } from "vitest";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { collectLines } from "../operations/admin-client.js";
import { defineModule } from "../serve/define-module.js";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  readFile: async () => {
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  },
}));
let cannotListen = false;
vi.mock("../../../runtime/src/operations/admin-app.js", async (original) => {
  const app = await original<typeof import("../../../runtime/src/operations/admin-app.js")>();
  const startAdmin: typeof app.startAdmin = async (address, setting) => {
    if (cannotListen) throw Object.assign(new Error("listen EACCES"), { code: "EACCES" });
    return app.startAdmin(address, setting);
  };
  return { ...app, startAdmin };
});

let server: TestServer;
afterEach(() => server.close());

test("an installation without the built page answers 404 with the reason, and the API works", async () => {
  server = await startModules(defineModule());
  const { host, port } = server.serve.inspector ?? {};
  const answer = await fetch(`http://${host}:${port}/inspector/`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    error: { code: "not_found", message: "The page of the inspector is not in this installation: ENOENT." },
  });
  expect((await fetch(`http://${host}:${port}/modules`)).status).toBe(200);
});

test("an inspector that cannot listen leaves a warning, and the server starts", async () => {
  cannotListen = true;
  const { lines, option } = collectLines();
  server = await startModules(defineModule({ config: [option] }));
  expect(server.serve.inspector).toBeUndefined();
  expect(lines).toContainEqual(
    expect.objectContaining({ level: "warn", text: "the inspector could not be opened" }),
  );
  const client = await connectClient(server.url("/test/ws"));
  expect((await client.close()).code).toBe(1005);
});

import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { connectClient } from "wsgen-runtime/testing";
import { defineCommand } from "../serve/define-module.js";
import { type AdminServer, startAdminServer, token } from "./admin-client.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const drain = (body: object) => admin.ask("/drain", { method: "POST", body });
const look = async () => (await admin.ask("/drain")).body;

/** A module whose command waits until the test finishes it. */
async function startBusy() {
  let finish = () => {};
  const running = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const wait = defineCommand("wait", (ctx) => {
    ctx.send("begun");
    return running;
  });
  admin = await startAdminServer({ commands: [wait] });
  const [busy, idle] = [await admin.connect(), await admin.connect()];
  busy.client.send({ command: "wait" });
  await busy.client.next();
  return { busy, idle, finish };
}

test("ends the server, and shows the connections that remain until then", async () => {
  const { busy, idle, finish } = await startBusy();
  expect(await look()).toMatchObject({ state: "serving", connections: 2 });
  expect(await look()).not.toHaveProperty("deadlineAt");
  const answer = await drain({ deadlineMs: 20_000, reconnectsPerSecond: 5 });
  expect(answer).toMatchObject({ status: 202, body: { state: "closing" } });
  expect((await idle.client.closed).code).toBe(1001);
  const state = await look();
  const ms = Date.parse(state.deadlineAt) - Date.parse(state.begunAt);
  expect([state.state, ms]).toEqual(["closing", 20_000]);
  expect(state.remaining).toMatchObject([{ id: busy.id, queue: { runningMessages: 1 } }]);
  expect((await admin.ask("/readyz", { headers: {} })).status).toBe(503);
  expect(await drain({})).toMatchObject({ status: 409, body: { error: { code: "already_draining" } } });
  expect(admin.lines).toContainEqual(
    expect.objectContaining({ text: "shutting down", deadlineMs: 20_000, reconnectsPerSecond: 5 }),
  );
  finish();
  expect((await busy.client.closed).code).toBe(1001);
  // The API ends after the modules.
  await vi.waitFor(() => expect(look()).rejects.toThrow());
});

test("has a notice, in which the server works but is not ready", async () => {
  const { busy, finish } = await startBusy();
  expect((await drain({ noticeMs: 300, deadlineMs: 20_000 })).body.state).toBe("notice");
  await vi.waitFor(async () => expect(await look()).toMatchObject({ state: "notice", connections: 2 }));
  expect((await admin.ask("/readyz", { headers: {} })).status).toBe(503);
  const late = await connectClient(admin.server.url("/test/ws"));
  expect(late.socket.readyState).toBe(late.socket.OPEN);
  finish();
  expect((await busy.client.closed).code).toBe(1001);
});

test("shows a shutdown that has begun elsewhere, and begins no other", async () => {
  const { finish } = await startBusy();
  const closed = admin.server.serve.close();
  expect(await look()).toMatchObject({ state: "closing" });
  expect((await drain({})).status).toBe(409);
  finish();
  await closed;
});

describe("is refused", () => {
  test.each([
    [{ deadlineMs: -1 }, "deadlineMs must be a whole number from 0"],
    [{ noticeMs: 2 ** 31 }, "noticeMs must be"],
    [{ reconnectsPerSecond: 0 }, "reconnectsPerSecond must be a whole number from 1"],
    [{ deadline: 1 }, 'Unknown name "deadline"'],
  ])("with %j, and dryRun ends nothing", async (body, message) => {
    admin = await startAdminServer({});
    await admin.connect();
    expect(await drain(body)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining(message) } },
    });
    const preview = await drain({ dryRun: true });
    expect(preview.body).toMatchObject({ dryRun: true, state: "serving", connections: 1 });
    expect((await admin.ask("/readyz", { headers: {} })).status).toBe(200);
  });
});

test("begins although its answer is stuck behind another one on the same connection", async () => {
  admin = await startAdminServer({});
  const socket = connect({ host: "127.0.0.1", port: admin.server.serve.admin?.port ?? 0 });
  const head = `HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
  const body = JSON.stringify({ noticeMs: 2_000 });
  socket.write(
    `GET /inspector/live ${head}\r\nPOST /drain ${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await expect.poll(async () => (await admin.ask("/drain")).body.state).toBe("notice");
  socket.destroy();
});

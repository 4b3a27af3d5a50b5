import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  enableAdmin,
  jsonRpcEnvelope,
  setEnvelope,
  setEvents,
  setLogRedaction,
  setMaxMessageBufferSize,
  setMaxMessageSize,
  setMode,
  setReplyCheck,
  setRequestCheck,
  setSlowConsumerPolicy,
} from "wsgen-runtime";
import type { TestClient } from "wsgen-runtime/testing";
import type { FrameLine, RecordedFrame } from "../../../runtime/src/inspector/report.js";
import { type AdminServer, startAdminServer, token } from "../operations/admin-client.js";
import { defineCommand, ping } from "../serve/define-module.js";
import { type LineReader, openLines } from "./read-lines.js";

let admin: AdminServer;
afterEach(() => admin.server.close());

const needsText = (value: unknown) =>
  typeof (value as { text?: unknown }).text === "string"
    ? undefined
    : [{ pointer: "/text", rule: "type", message: "must be a string" }];

const record = (id: string): Promise<LineReader<FrameLine>> =>
  openLines(admin, `/inspector/connections/${id}/frames`);

const isFrame = (line: FrameLine): line is Extract<FrameLine, { kind: "frame" }> => line.kind === "frame";

async function nextFrame(lines: LineReader<FrameLine>): Promise<RecordedFrame> {
  const line = await lines.next(isFrame);
  if (!isFrame(line)) throw new Error("no frame");
  return line.frame;
}

test("a request, its reply and their fates are recorded as a pair", async () => {
  admin = await startAdminServer({ commands: [ping] });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  await client.request("ping", { a: 1 });
  const request = await nextFrame(lines);
  expect(request).toMatchObject({
    n: 1,
    direction: "in",
    type: "request",
    name: "ping",
    fate: "waiting",
    problems: [],
  });
  expect(JSON.parse(request.text)).toEqual({ a: 1, command: "ping", id: 1 });
  expect(request.request).toEqual({ a: 1 });
  expect(await nextFrame(lines)).toMatchObject({
    n: 2,
    direction: "out",
    type: "reply",
    name: "ping",
    answers: 1,
  });
  const changes = [await lines.next(), await lines.next()];
  expect(changes).toContainEqual({
    kind: "update",
    n: 1,
    change: { fate: "answered", ms: expect.any(Number) },
  });
  expect(changes).toContainEqual({ kind: "update", n: 2, change: { fate: "taken" } });
});

test("a request, a reply and an event that break their schemas say where", async () => {
  const say = defineCommand("say", () => ({ wrong: true }), [
    setRequestCheck(needsText),
    setReplyCheck(needsText),
  ]);
  admin = await startAdminServer({
    commands: [say],
    config: [setMode("product"), setEvents({ notice: { check: needsText } })],
  });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  client.send({ command: "say", id: 1, text: 5 });
  expect(await nextFrame(lines)).toMatchObject({ type: "request", problems: ["/text must be a string"] });
  const answer = [await lines.next(), await lines.next()];
  const failed = { kind: "update", n: 1, change: { fate: "failed", code: "invalid_request" } };
  expect(answer).toContainEqual(
    expect.objectContaining({ ...failed, change: expect.objectContaining(failed.change) }),
  );
  const error = { type: "error", name: "invalid_request", answers: 1 };
  expect(answer).toContainEqual({ kind: "frame", frame: expect.objectContaining(error) });
  // In product mode nothing checks what the server sends, so nobody else would notice.
  client.send({ command: "say", id: 2, text: "hi" });
  expect(await nextFrame(lines)).toMatchObject({ type: "request", problems: [] });
  expect(await nextFrame(lines)).toMatchObject({ type: "reply", problems: ["/text must be a string"] });
  admin.server.serve.module("test").all.emit("notice", { text: 7 });
  expect(await nextFrame(lines)).toMatchObject({
    type: "event",
    name: "notice",
    problems: ["/text must be a string"],
  });
});

test("an unknown command and an unreadable message are judged, too", async () => {
  admin = await startAdminServer({ commands: [ping] });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  client.send({ command: "pong" });
  expect(await nextFrame(lines)).toMatchObject({ problems: ['The module has no command "pong".'] });
  client.send("{");
  const unreadable = await lines.next((line) => isFrame(line) && line.frame.text === "{");
  expect(unreadable).toMatchObject({ frame: { type: "other", problems: [expect.any(String)] } });
});

test("what the log hides is hidden in requests, replies and events", async () => {
  const login = defineCommand("login", () => ({ token: "secret-reply" }));
  admin = await startAdminServer({
    commands: [login],
    config: [setLogRedaction(["data.password", "data.token"]), setEvents({ session: {} })],
  });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  await client.request("login", { user: "ann", password: "secret-request" });
  admin.server.serve.module("test").all.emit("session", { token: "secret-event" });
  client.send("secret-garbage");
  client.send({ password: "secret-without-a-command" });
  const frames = [];
  for (let n = 0; n < 7; n += 1) frames.push(await nextFrame(lines));
  expect(JSON.stringify(frames)).not.toContain("secret");
  expect(JSON.parse(frames[0]!.text)).toMatchObject({
    user: "ann",
    password: "[Redacted]",
    command: "login",
  });
});

test("values that the log hides are hidden in lists, and as the whole data", async () => {
  const list = defineCommand("list", () => [{ token: "secret-1" }, { token: "secret-2" }]);
  const one = defineCommand("one", () => "secret-3");
  admin = await startAdminServer({
    commands: [list, one],
    config: [setLogRedaction(["data[*].token"]), setEvents({ codes: {} })],
  });
  const texts = async (send: (client: TestClient) => void, count: number) => {
    const { client, id } = await admin.connect();
    await using lines = await record(id);
    send(client);
    const found = [];
    for (let n = 0; n < count; n += 1) found.push((await nextFrame(lines)).text);
    return found;
  };
  const emit = (data: unknown) => admin.server.serve.module("test").all.emit("codes", data);
  const listed = await texts((client) => client.send({ command: "list", id: 1 }), 2);
  expect(JSON.parse(listed[1] ?? "").data).toEqual([{ token: "[Redacted]" }, { token: "[Redacted]" }]);
  expect(JSON.parse((await texts(() => emit([{ token: "secret-4" }]), 1))[0] ?? "")).toEqual({
    event: "codes",
    data: [{ token: "[Redacted]" }],
  });
  await admin.server.close();

  admin = await startAdminServer({
    commands: [one],
    config: [setLogRedaction(["data"]), setEvents({ codes: {} })],
  });
  expect((await texts((client) => client.send({ command: "one", id: 1 }), 2)).join()).not.toContain("secret");
  expect(JSON.parse((await texts(() => emit("secret-5"), 1))[0] ?? "")).toEqual({
    event: "codes",
    data: "[Redacted]",
  });
  await admin.server.close();

  admin = await startAdminServer({
    commands: [one],
    config: [setLogRedaction(["data[*]"]), setEnvelope(jsonRpcEnvelope)],
  });
  const [request] = await texts(
    (client) => client.send({ jsonrpc: "2.0", method: "one", params: ["secret-6"], id: 1 }),
    2,
  );
  expect(request).not.toContain("secret");
});

test("values that the log hides are hidden in messages that are too long to be shown", async () => {
  admin = await startAdminServer({
    commands: [ping],
    config: [
      setLogRedaction(["data.password", "*.token"]),
      setEvents({ notice: {} }),
      setMaxMessageSize(100_000),
    ],
  });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  const long = { list: Array(600).fill(1), password: "secret-1", token: "secret-2" };
  client.send({ command: "ping", id: 2, ...long });
  admin.server.serve.module("test").all.emit("notice", long);
  // Messages that are sent unchanged, and a list where the module has no batches.
  admin.server.serve.module("test").all.send({ data: { password: "secret-3" } });
  client.send([{ command: "ping", password: "secret-4" }]);
  client.send({ command: "x".repeat(30_000), id: "y".repeat(30_000) });
  const frames = [];
  for (let n = 0; n < 8; n += 1) frames.push(await nextFrame(lines));
  expect(JSON.stringify(frames)).not.toContain("secret");
  for (const frame of frames) expect(JSON.stringify(frame).length).toBeLessThan(20_000);
  expect(JSON.stringify((await admin.ask(`/connections/${id}`)).body)).not.toContain("secret");
});

test("values that the log hides are hidden in batches and events of JSON-RPC; a batch fails with one of its items", async () => {
  const login = defineCommand("login", () => ({ password: "secret-reply" }), [setRequestCheck(needsText)]);
  admin = await startAdminServer({
    commands: [login],
    config: [setLogRedaction(["data.password"]), setEnvelope(jsonRpcEnvelope), setEvents({ session: {} })],
  });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  const call = { jsonrpc: "2.0", method: "login" };
  client.send([
    { ...call, id: 1, params: { text: "a", password: "secret-request" } },
    { ...call, id: 2, params: { password: "secret-request" } },
  ]);
  const update = await lines.next((line) => line.kind === "update" && line.change.fate === "failed");
  expect(update).toMatchObject({ n: 1 });
  admin.server.serve.module("test").all.emit("session", { password: "secret-event" });
  await lines.next(isFrame);
  await expect.poll(async () => (await admin.ask(`/connections/${id}`)).body.frames.length).toBe(3);
  const { frames } = (await admin.ask(`/connections/${id}`)).body;
  expect(JSON.stringify(frames)).not.toContain("secret");
  expect(frames[0]).toMatchObject({ name: "batch of 2", fate: "failed" });
  expect(frames[2].text).toContain("[Redacted]");
});

test("JSON-RPC requests and replies are pairs, too", async () => {
  admin = await startAdminServer({ commands: [ping], config: [setEnvelope(jsonRpcEnvelope)] });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  client.send({ jsonrpc: "2.0", method: "ping", id: 7 });
  expect(await nextFrame(lines)).toMatchObject({ type: "request", name: "ping" });
  expect(await nextFrame(lines)).toMatchObject({ type: "reply", name: "ping", answers: 1 });
});

test("a value that JSON does not have is shown as text", async () => {
  const codec = {
    decode: (raw: Buffer) => ({ ...JSON.parse(raw.toString()), size: 2n ** 60n }),
    encode: (value: unknown) => JSON.stringify(value),
  };
  admin = await startAdminServer({ commands: [ping], config: [setEnvelope({ codec })] });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  client.send({ command: "ping", id: 1 });
  const { text, request } = await nextFrame(lines);
  expect(JSON.parse(text)).toEqual({ command: "ping", id: 1, size: "1152921504606846976" });
  expect(request).toEqual({ size: "1152921504606846976" });
});

test("a message that the policy for slow consumers dropped is marked", async () => {
  admin = await startAdminServer({
    config: [setSlowConsumerPolicy("drop-oldest"), setMaxMessageBufferSize(100_000), setEvents({ big: {} })],
  });
  const { client, id } = await admin.connect();
  client.socket.pause();
  await using lines = await record(id);
  const { all } = admin.server.serve.module("test");
  for (let n = 0; n < 150; n += 1) {
    all.emit("big", { n, text: "x".repeat(60_000) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const dropped = await lines.next((line) => line.kind === "update" && line.change.fate === "dropped");
  expect(dropped).toMatchObject({ kind: "update", n: expect.any(Number) });
  client.socket.terminate();
  const end = (await lines.rest()).filter(({ kind }) => kind !== "frame");
  expect(end.at(-1)).toMatchObject({ kind: "closed", code: 1006 });
  // No frame is left without a fate.
  expect(end).toContainEqual({ kind: "update", n: expect.any(Number), change: { fate: "too_late" } });
});

test("frames above 200 in a second are counted, not shown", async () => {
  admin = await startAdminServer({ commands: [ping] });
  const { client, id } = await admin.connect();
  await using lines = await record(id);
  for (let n = 0; n < 1_000; n += 1) client.send({ command: "ping", id: n });
  for (let n = 0; n < 1_000; n += 1) await client.next();
  client.socket.close();
  const all = await lines.rest();
  const shown = all.filter(isFrame).length;
  const leftOut = all.reduce((sum, line) => sum + (line.kind === "left_out" ? line.count : 0), 0);
  expect(shown + leftOut).toBe(2_000);
  expect(leftOut).toBeGreaterThan(0);
});

test("a recording reads no more after its reader has left", async () => {
  admin = await startAdminServer({ commands: [ping] });
  const { client, id } = await admin.connect();
  const observers = admin.server.serve as unknown as { readonly observers: { readonly isActive: boolean } };
  {
    await using lines = await record(id);
    await client.request("ping");
    await lines.next();
    expect(observers.observers.isActive).toBe(true);
  }
  await expect.poll(() => observers.observers.isActive).toBe(false);
});

test("an unknown connection is 404, and a token without the right to read 403", async () => {
  admin = await startAdminServer({
    config: [enableAdmin(0, { tokens: [{ name: "push", token: "only-for-pushing-1", rights: ["push"] }] })],
  });
  await expect(openLines(admin, "/inspector/connections/x/frames")).rejects.toThrow(/^401/);
  const headers = { authorization: "Bearer only-for-pushing-1" };
  await expect(openLines(admin, "/inspector/live", headers)).rejects.toThrow(/^403/);
});

test("the API shows the last 50 frames of a connection, while they are recorded, with what became of them", async () => {
  admin = await startAdminServer({ commands: [ping] });
  const { client, id } = await admin.connect();
  const show = async () => (await admin.ask(`/connections/${id}`)).body.frames;
  await client.request("ping");
  expect(await show()).toBeUndefined();
  {
    await using lines = await record(id);
    for (let count = 0; count < 30; count += 1) await client.request("ping");
    await lines.next((line) => line.kind === "update" && line.n === 60);
    const frames: RecordedFrame[] = await show();
    expect(frames.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
    expect(frames[0]).toMatchObject({
      direction: "in",
      name: "ping",
      fate: "answered",
      ms: expect.any(Number),
    });
    expect(frames[1]).toMatchObject({ direction: "out", answers: 11, fate: "taken" });
  }
  await expect.poll(show).toBeUndefined();
});

test("a reader that is slow gets no lines above 1 MiB, and their number when it reads on", async () => {
  admin = await startAdminServer({ commands: [ping], config: [setEvents({ big: {} })] });
  const { client, id } = await admin.connect();
  const socket = connect({ host: "127.0.0.1", port: admin.server.serve.admin?.port ?? 0 });
  socket.write(
    `GET /inspector/connections/${id}/frames HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  await once(socket, "data");
  socket.pause();
  // JSON in JSON doubles each quotation mark twice.
  const notice = { text: '"'.repeat(2_000) };
  // 8 MiB of lines: more than the sockets of this machine and the stream hold.
  for (let second = 0; second < 5; second += 1) {
    for (let count = 0; count < 200; count += 1) admin.server.serve.module("test").to(id).emit("big", notice);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
  }
  let got = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    got += chunk;
  });
  socket.resume();
  await expect
    .poll(async () => {
      await client.request("ping");
      return /"kind":"left_out","count":(\d+)/.exec(got)?.[1];
    })
    .toMatch(/^[1-9]/);
  socket.destroy();
});

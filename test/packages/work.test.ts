// Work is counted, not timed, so that a busy machine cannot fail this: writes and bytes for a message, files at start.
import { execFile } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../runtime/serve/define-module.js";

const execute = promisify(execFile);
const root = new URL("../../", import.meta.url);

describe("the writes of a server", () => {
  let server: TestServer;
  let clients: TestClient[];
  let writes: Buffer[];

  beforeEach(async () => {
    const echo = defineCommand("echo", (_ctx, data) => data);
    const later = defineCommand("later", async (_ctx, data) => data);
    const shout = defineCommand("shout", (ctx, data) => void ctx.module.all.emit("shout", data));
    server = await startModules(defineModule({ commands: [echo, later, shout] }));
    clients = await Promise.all(Array.from({ length: 20 }, () => connectClient(server.url("/test/ws"))));
    writes = countWrites(server);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(clients.map((client) => client.close()));
    await server.close();
  });

  test("a reply is one write of its frame", async () => {
    await ask(1, "echo");
    const reply = '{"command":"echo","id":0,"data":{"text":"hi"}}';
    expect(writes).toEqual([Buffer.concat([Buffer.from([0x81, reply.length]), Buffer.from(reply)])]);
  });

  test.each(["echo", "later"])(
    "the replies to all that one read brought are one write (%s)",
    async (command) => {
      await ask(16, command);
      expect(writes).toHaveLength(1);
    },
  );

  test("what one turn broadcasts is one write for each receiver", async () => {
    send(8, "shout");
    for (const client of clients) await take(client, 8);
    expect(writes).toHaveLength(clients.length);
  });

  async function ask(count: number, command: string): Promise<void> {
    send(count, command);
    await take(clients[0]!, count);
  }

  /** Sends commands so that they arrive together. */
  function send(count: number, command: string): void {
    const [client] = clients as [TestClient];
    const { _socket: socket } = client.socket as unknown as { _socket: Socket };
    socket.cork();
    for (let id = 0; id < count; id++)
      client.send(command === "shout" ? { command } : { command, id, text: "hi" });
    socket.uncork();
  }

  async function take(client: TestClient, count: number): Promise<void> {
    for (let received = 0; received < count; received++) await client.next();
  }
});

/** What the server's sockets hand to the system from now on; each item is one system call. */
function countWrites(server: TestServer): Buffer[] {
  const { ports } = server.serve;
  const writes: Buffer[] = [];
  const isOurs = (socket: Socket) => ports.includes(socket.localPort ?? 0);
  const { _write, _writev } = Socket.prototype;
  vi.spyOn(Socket.prototype, "_write").mockImplementation(function (this: Socket, chunk, encoding, callback) {
    if (isOurs(this)) writes.push(Buffer.from(chunk, encoding));
    _write.call(this, chunk, encoding, callback);
  });
  vi.spyOn(Socket.prototype, "_writev").mockImplementation(function (this: Socket, chunks, callback) {
    if (isOurs(this))
      writes.push(Buffer.concat(chunks.map(({ chunk, encoding }) => Buffer.from(chunk, encoding))));
    _writev?.call(this, chunks, callback);
  });
  return writes;
}

/** Loaded where it is used: Koa, the codec's library, profiles, the admin server, the parts of the package that stand alone. */
const optional =
  /\/(koa\/|koa-router\/|@msgpack|ioredis|redis|@sinonjs|pprof-format|encode-pprof|profile-endpoints|admin-app|testing\/|client\/)/;

describe("the start of a server", () => {
  test("loads no more files than it needs, and nothing that is optional", async () => {
    const files = await filesAtStart();
    const own = files.filter((file) => file.includes("/runtime/dist/"));
    expect(files.filter((file) => optional.test(file))).toEqual([]);
    expect(own.length).toBeGreaterThan(50);
    expect(own.length, own.join("\n")).toBeLessThanOrEqual(120);
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(180);
  });

  /** Every script that a process knows once a module is served. */
  async function filesAtStart(): Promise<string[]> {
    const file = fileURLToPath(new URL("loaded-files.js", import.meta.url));
    const runtime = new URL("runtime/dist/index.js", root).href;
    const { stdout } = await execute(process.execPath, [file, runtime]);
    return JSON.parse(stdout);
  }
});

import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import {
  setAllowedOrigins,
  setEnvelope,
  setHandshakeTimeout,
  setHttpRoutes,
  setLogger,
  setMaxConnections,
  setMaxConnectionsPerAddress,
  setMode,
  setRefusal,
  setSubprotocols,
  setTrustProxy,
  use,
  useOnListener,
  WebsocketError,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { frame } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { recordingLogger } from "../support/recording-logger.js";
import { dial, exchange, formatRequest } from "./http-exchange.js";

/** Says after its making what could not be said then. */
class OddError extends WebsocketError {
  override readonly status = 200;
  override readonly closeCode = 1006;
}

interface RefusalBody {
  readonly error: { readonly code: string; readonly details?: unknown };
}

let server: TestServer;
afterEach(() => server.close());

async function start(definition: ModuleDefinition = {}): Promise<string> {
  server = await startModules(defineModule({ commands: [ping], ...definition }));
  return server.url("/test/ws");
}

async function expectHealthy(url: string): Promise<void> {
  await using client = await connectClient(url);
  expect(await client.request("ping")).toEqual({ ping: "pong" });
}

describe("a request that is not a handshake of RFC 6455 is refused and closed", () => {
  test.each([
    [
      "another version",
      { headers: { "Sec-WebSocket-Version": "8" } },
      /^HTTP\/1\.1 426 [\s\S]*Sec-WebSocket-Version: 13/,
    ],
    ["no version", { headers: { "Sec-WebSocket-Version": undefined } }, /^HTTP\/1\.1 426 /],
    ["no key", { headers: { "Sec-WebSocket-Key": undefined } }, /^HTTP\/1\.1 400 /],
    ["a short key", { headers: { "Sec-WebSocket-Key": "abc" } }, /^HTTP\/1\.1 400 /],
    ["no Host", { headers: { Host: undefined } }, /^HTTP\/1\.1 400 /],
    ["two Hosts", { headers: { Host: ["a", "b"] } }, /^HTTP\/1\.1 400 /],
    ["HTTP/1.0", { line: "GET /test/ws HTTP/1.0" }, /^HTTP\/1\.[01] 400 /],
    ["POST", { line: "POST /test/ws HTTP/1.1" }, /^HTTP\/1\.1 405 [\s\S]*Allow: GET/],
    ["a body", { headers: { "Content-Length": "3" } }, /^HTTP\/1\.1 400 /],
    ["an unknown path", { line: "GET /nope HTTP/1.1" }, /^HTTP\/1\.1 404 /],
    ["a path of two slashes", { line: "GET // HTTP/1.1" }, /^HTTP\/1\.1 404 /],
    ["a bad percent-encoding", { line: "GET /test/rooms/%ff HTTP/1.1" }, /^HTTP\/1\.1 400 /],
    ["another protocol", { headers: { Upgrade: "h2c" } }, /^HTTP\/1\.1 426 /],
    ["a bad extension header", { headers: { "Sec-WebSocket-Protocol": "," } }, /^HTTP\/1\.1 400 /],
  ])("%s", async (_title, parts, answer) => {
    const url = await start({ urls: ["ws", "rooms/:room"] });
    expect(await exchange(url, parts)).toMatch(answer);
    await expectHealthy(url);
  });

  test("a plain request on a WebSocket route", async () => {
    const response = await fetch((await start()).replace("ws:", "http:"));
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
  });

  test("a head that does not come to its end in time", async () => {
    const url = await start({ config: [setHandshakeTimeout(0.5)] });
    const socket = await dial(url);
    socket.write("GET /test/ws HTTP/1.1\r\nHost: x\r\n");
    socket.resume();
    await once(socket, "close");
    await expectHealthy(url);
  });

  test("a connect that takes its time, and is then left alone", async () => {
    const logger = recordingLogger();
    const url = await start({
      config: [
        setLogger(logger),
        setHandshakeTimeout(0.1),
        use((ctx, next) => ("hang" in ctx.query ? new Promise<void>(() => {}) : next())),
      ],
      connect: async () => {
        for (let turn = 0; turn < 3; turn++) await nextTurn();
      },
    });
    const client = await connectClient(url);
    // It comes later, so the last of its timers is later.
    await expect(connectClient(`${url}?hang`)).rejects.toMatchObject({ status: 503 });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    const refused = logger.lines.filter(({ message }) => message === "refused");
    expect(refused).toMatchObject([{ fields: { found: "503 to GET /test/ws?hang" } }]);
    await client.close();
  });

  test("a connect that takes too long", async () => {
    const aborted: boolean[] = [];
    const url = await start({
      config: [setHandshakeTimeout(0.5)],
      connect: async (ctx) => {
        if (ctx.query.has("fast")) return;
        await once(ctx.signal, "abort");
        aborted.push(ctx.send("too late"));
      },
    });
    await expect(connectClient(url)).rejects.toMatchObject({ status: 503 });
    expect(aborted).toEqual([false]);
    await expectHealthy(`${url}?fast`);
  });

  test.each([
    ["past Koa", []],
    ["through Koa", [use((_ctx, next) => next())]],
  ])(
    "connect: one that never settles is refused in time and frees its place, %s",
    async (_how, middlewares) => {
      const url = await start({
        config: [setHandshakeTimeout(0.5), setMaxConnections(1), ...middlewares],
        connect: (ctx) => (ctx.query.has("fast") ? undefined : new Promise<void>(() => {})),
      });
      await expect(connectClient(url)).rejects.toMatchObject({
        status: 503,
        body: { error: { code: "handshake_failed", message: "The handshake took too long." } },
      });
      await expectHealthy(`${url}?fast`);
      await server.close();

      const closing = await start({
        config: [setHandshakeTimeout(0.5), setRefusal("close"), ...middlewares],
        connect: () => new Promise<void>(() => {}),
      });
      const client = await connectClient(closing);
      expect(await client.next()).toMatchObject({ error: { code: "handshake_failed" } });
      expect(await client.closed).toEqual({ code: 1013, reason: "The handshake took too long." });
    },
  );

  test("a connect that agrees when its client was refused for the time still has its hooks, and its place once", async () => {
    const hooks: unknown[] = [];
    const gate = new EventEmitter();
    const ended = once(gate, "ended");
    const url = await start({
      config: [setHandshakeTimeout(0.5), setMaxConnections(1)],
      connect: async (ctx) => {
        if (!ctx.query.has("fast")) await once(gate, "late");
      },
      close: (_ctx, code) => void hooks.push(code),
      disconnect: () => {
        hooks.push("disconnect");
        gate.emit("ended");
      },
    });
    await expect(connectClient(url)).rejects.toMatchObject({ status: 503 });
    const client = await connectClient(`${url}?fast`);
    gate.emit("late");
    await ended;
    expect(hooks).toEqual([1006, "disconnect"]);
    await expect(connectClient(`${url}?fast`)).rejects.toMatchObject({ status: 503 });
    await client.close();
  });
});

describe("connect refuses", () => {
  test.each([
    ["an unexpected error", () => new Error("not you"), 500, { code: "failed", message: "not you" }],
    [
      "a typed error",
      () => new WebsocketError("no_seat", "All taken."),
      403,
      { code: "no_seat", message: "All taken." },
    ],
    [
      "a typed error with a status",
      () => new WebsocketError("no_seat", "All taken.", { status: 409, details: [1] }),
      409,
      { code: "no_seat", message: "All taken.", details: [1] },
    ],
    [
      "a subclass with a status that is none",
      () => new OddError("odd", "Odd."),
      403,
      { code: "odd", message: "Odd." },
    ],
  ])("connect: refuses by %s, and no other hook runs", async (_title, makeError, status, error) => {
    const ways: NonNullable<ModuleDefinition["connect"]>[] = [
      () => makeError(),
      async () => makeError(),
      () => {
        throw makeError();
      },
      () => Promise.reject(makeError()),
    ];
    for (const connect of ways) {
      const hooks: string[] = [];
      const url = await start({
        connect,
        close: () => void hooks.push("close"),
        disconnect: () => void hooks.push("disconnect"),
      });
      await expect(connectClient(url)).rejects.toMatchObject({ status, body: { error } });
      await server.close();
      expect(hooks).toEqual([]);
    }
  });

  test.each<[string, () => unknown, number]>([
    ["an unexpected error", () => new Error("All taken."), 1011],
    ["a typed error", () => new WebsocketError("no_seat", "All taken."), 1008],
    ...[1000, 1008, 1011, 1013, 3000, 4001, 4999].map((closeCode): [string, () => unknown, number] => [
      `a typed error with ${closeCode}`,
      () => new WebsocketError("no_seat", "All taken.", { closeCode }),
      closeCode,
    ]),
    ["a subclass with a code that is none", () => new OddError("odd", "All taken."), 1008],
  ])(
    "connect: refuses by a frame and a close, so that a browser sees it: %s",
    async (_title, makeError, code) => {
      for (const connect of [
        () => makeError() as Error,
        () => Promise.reject(makeError()),
        async () => makeError() as Error,
      ]) {
        const url = await start({ config: [setRefusal("close")], connect });
        const client = await connectClient(url);
        expect(await client.next()).toMatchObject({ error: { message: "All taken." } });
        expect(await client.closed).toEqual({ code, reason: "All taken." });
        await server.close();
      }
    },
  );

  test("connect: an unexpected error, returned or thrown, is neutral in product mode, and logged with its reference", async () => {
    const fail = () => new Error("db: hunter2");
    for (const connect of [
      fail,
      async () => fail(),
      () => Promise.reject(fail()),
      () => {
        throw fail();
      },
    ]) {
      const logger = recordingLogger();
      const url = await start({ config: [setMode("product"), setLogger(logger)], connect });
      const refused = await connectClient(url).catch((error: { status: number; body: RefusalBody }) => error);
      const { status, body } = refused as { status: number; body: RefusalBody };
      expect(status).toBe(500);
      expect(JSON.stringify(body)).not.toContain("hunter2");
      const { reference } = body.error.details as { reference: string };
      expect(logger.lines.filter(({ fields }) => "reference" in fields)).toMatchObject([
        { level: "error", fields: { reference, err: { message: "db: hunter2" } } },
      ]);
      await server.close();
    }
  });
});

describe("before the handshake is answered", () => {
  test("messages of connect wait and come first, in order", async () => {
    const url = await start({
      connect: async (ctx) => {
        ctx.send(1);
        await new Promise((resolve) => setImmediate(resolve));
        ctx.send(2);
        ctx.emit("three", 3);
      },
    });
    const client = await connectClient(url);
    expect([await client.next(), await client.next(), await client.next()]).toEqual([
      1,
      2,
      { event: "three", data: 3 },
    ]);
  });

  test("a client that sends 160 KiB from the middle of a slow connect on is read to the end", async () => {
    const entered = new EventEmitter();
    const url = await start({
      connect: async () => {
        entered.emit("connect");
        await once(entered, "agree");
      },
      commands: [defineCommand("size", (_ctx, { text }) => ({ size: String(text).length }))],
    });
    const client = new RawClient(url);
    const asked = once(entered, "connect");
    client.send(Buffer.from(formatRequest({})));
    await asked;
    const message = frame({ payload: JSON.stringify({ command: "size", text: "x".repeat(4_000) }) });
    for (let sent = 0; sent < 20; sent++) client.send(message);
    entered.emit("agree");
    for (let sent = 0; sent < 20; sent++) client.send(message);
    await client.until(() => client.frames.length === 40);
    client.socket.destroy();
  });

  test("connect: frames that come too early are kept and answered in order", async () => {
    const gate = new EventEmitter();
    const url = await start({
      connect: async () => {
        const open = once(gate, "open");
        gate.emit("asked");
        await open;
      },
    });
    const asked = once(gate, "asked");
    const socket = await dial(url);
    // Masked with zeros: {"command":"ping","id":n}
    const frames = [1, 2].map((id) => {
      const payload = Buffer.from(JSON.stringify({ command: "ping", id }));
      return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
    });
    socket.write(Buffer.concat([Buffer.from(formatRequest({})), frames[0]!]));
    await asked;
    await new Promise((resolve) => socket.write(frames[1]!, resolve));
    gate.emit("open");
    let received = "";
    for await (const chunk of socket) {
      received += chunk.toString("latin1");
      if (received.includes('"id":2')) break;
    }
    expect(received).toMatch(/^HTTP\/1\.1 101 [\s\S]*"id":1[\s\S]*"id":2/);
  });

  test("a signal that connect reads after the client has left is aborted", async () => {
    let read = (_aborted: boolean) => {};
    const aborted = new Promise<boolean>((resolve) => {
      read = resolve;
    });
    const url = await start({
      connect: async (ctx) => {
        while (ctx.send("are you there")) await new Promise((resolve) => setImmediate(resolve));
        read(ctx.signal.aborted);
      },
    });
    const socket = await dial(url);
    socket.end(formatRequest({}));
    expect(await aborted).toBe(true);
  });

  test("a client that leaves is noticed; a connect that succeeds still has its close and disconnect", async () => {
    const hooks: unknown[] = [];
    let ended = () => {};
    const disconnected = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const url = await start({
      connect: async (ctx) => {
        hooks.push("connect");
        await once(ctx.signal, "abort");
      },
      close: (_ctx, code) => void hooks.push(code),
      disconnect: () => {
        hooks.push("disconnect");
        ended();
      },
    });
    const socket = await dial(url);
    socket.end(formatRequest({}));
    await disconnected;
    expect(hooks).toEqual(["connect", 1006, "disconnect"]);
    expect(server.serve.module("test").stats().connections).toBe(0);
  });
});

describe("Koa", () => {
  test("use, useOnListener: middlewares run on the handshake, and the answer and the context have their values", async () => {
    const url = await start({
      config: [
        useOnListener(async (ctx, next) => {
          await next();
          ctx.set("X-Late", "after");
        }),
        use(async (ctx, next) => {
          ctx.cookies.set("session", "s1");
          ctx.state.user = "ann";
          await next();
        }),
      ],
      commands: [defineCommand("who", (ctx) => ctx.state.user)],
    });
    const client = await connectClient(url.replace("/ws", "/ws?x=1"));
    expect(await client.request("who")).toBe("ann");
    const answer = await new Promise<string>((resolve) => {
      dial(url).then((socket) => {
        socket.once("data", (data) => {
          resolve(data.toString());
          socket.destroy();
        });
        socket.write(formatRequest({}));
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toMatch(/x-late: after/i);
    expect(answer).toMatch(/set-cookie: session=s1/i);
  });

  test("use: a middleware refuses by an ordinary answer", async () => {
    const url = await start({
      config: [
        use((ctx) => {
          ctx.status = 401;
          ctx.body = "no";
        }),
      ],
    });
    await expect(connectClient(url)).rejects.toMatchObject({ status: 401, body: "no" });
  });

  test("a middleware that throws gives 500, also after connect agreed", async () => {
    const hooks: unknown[] = [];
    const url = await start({
      config: [
        use(async (_ctx, next) => {
          await next();
          throw new Error("late");
        }),
      ],
      close: (_ctx, code) => void hooks.push(code),
      disconnect: () => void hooks.push("disconnect"),
    });
    await expect(connectClient(url)).rejects.toMatchObject({ status: 500 });
    await server.close();
    expect(hooks).toEqual([1006, "disconnect"]);
  });

  test("use: a module's middleware does not run for another module of the port", async () => {
    let calls = 0;
    server = await startModules(
      defineModule({
        flag: "a",
        config: [
          use((_ctx, next) => {
            calls += 1;
            return next();
          }),
        ],
      }),
      defineModule({ flag: "ab" }),
    );
    await connectClient(server.url("/ab/ws"));
    expect(calls).toBe(0);
    await connectClient(server.url("/a/ws"));
    expect(calls).toBe(1);
  });

  test("setHttpRoutes: HTTP routes of a module share its port, and a path with a WebSocket route", async () => {
    const url = await start({
      config: [
        setHttpRoutes((router) => {
          router.get("/hello/:name", (ctx) => {
            ctx.body = `hi ${ctx.params.name}`;
          });
          router.get("/ws", (ctx) => {
            ctx.body = "a page";
          });
        }),
      ],
    });
    const http = url.replace("ws:", "http:");
    expect(await (await fetch(http.replace("/ws", "/hello/ann"))).text()).toBe("hi ann");
    expect(await (await fetch(http)).text()).toBe("a page");
    await expectHealthy(url);
  });
});

describe("admission", () => {
  test("setMaxConnections: limits the connections, and an ended one frees its place", async () => {
    const url = await start({ config: [setMaxConnections(1)] });
    const first = await connectClient(url);
    await expect(connectClient(url)).rejects.toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: { error: { code: "too_busy" } },
    });
    await first.close();
    await server.serve.module("test").all.close();
    await expectHealthy(url);
  });

  test("setMaxConnectionsPerAddress: limits connections per address, which comes from a trusted proxy", async () => {
    const url = await start({ config: [setMaxConnectionsPerAddress(1), setTrustProxy(1)] });
    const from = (address: string) =>
      connectClient(url, { headers: { "X-Forwarded-For": `9.9.9.9, ${address}` } });
    await from("1.1.1.1");
    await expect(from("1.1.1.1")).rejects.toMatchObject({ status: 429, headers: { "retry-after": "5" } });
    await from("1.1.1.2");
  });

  test.each([
    ["connections in all", setMaxConnections(1), {}, 1013],
    ["connections per address", setMaxConnectionsPerAddress(1), {}, 1013],
    ["origins", setMode("product"), { Origin: "https://else.where" }, 1008],
  ])("by a close: %s", async (_what, option, headers, code) => {
    const url = await start({ config: [setRefusal("close"), option] });
    await connectClient(url);
    const refused = await connectClient(url, { headers });
    expect(await refused.next()).toMatchObject({ error: { message: expect.any(String) } });
    expect(await refused.closed).toMatchObject({ code });
  });

  test.each([
    ["product", undefined, "http://evil.example", 403],
    ["product", undefined, "http://localhost", 101],
    ["product", ["https://good.example"], "https://good.example", 101],
    ["product", ["https://good.example"], "https://good.example.evil.example", 403],
    ["product", ["https://good.example"], "null", 403],
    ["product", ["*"], "http://evil.example", 101],
    ["debug", undefined, "http://evil.example", 101],
  ] as const)("origin: %s mode, list %j, %s gives %i", async (mode, origins, origin, status) => {
    const url = await start({ config: [setMode(mode), ...(origins ? [setAllowedOrigins(origins)] : [])] });
    const connecting = connectClient(url, { headers: { Origin: origin, Host: "localhost" } });
    const reached = await connecting.then(
      () => 101,
      (error) => error.status,
    );
    expect(reached).toBe(status);
  });

  test("agrees on the first subprotocol of the client that the module speaks", async () => {
    const url = await start({
      config: [setSubprotocols(["v1", "v2"])],
      commands: [defineCommand("protocol", (ctx) => ctx.subprotocol)],
    });
    const client = await connectClient(url, { protocols: ["v3", "v2", "v1"] });
    expect(client.socket.protocol).toBe("v2");
    expect(await client.request("protocol")).toBe("v2");
  });

  test("setEnvelope: an envelope shapes a refusal by a close", async () => {
    const url = await start({
      config: [setRefusal("close"), setEnvelope({ error: (error) => ({ oops: error.code }) })],
      connect: () => new WebsocketError("no", "No."),
    });
    expect(await (await connectClient(url)).next()).toEqual({ oops: "no" });
  });
});

test("a handshake that hangs does not outlive the deadline of a shutdown", async () => {
  const gate = new EventEmitter();
  const asked = once(gate, "asked");
  const connect = () => {
    gate.emit("asked");
    return new Promise<void>(() => {});
  };
  const url = await start({ config: [setHandshakeTimeout(60)], connect });
  const refused = connectClient(url).catch((error: Error) => error.message);
  await asked;
  await server.serve.close({ deadlineMs: 50 });
  expect(await refused).toContain("socket hang up");
});

describe("a refusal that cannot be written is logged, and its client gets the status or code all the same", () => {
  const unwritable: readonly (readonly [string, () => unknown])[] = [
    ["a BigInt", () => ({ n: 10n })],
    [
      "a circle",
      () => {
        const circle: Record<string, unknown> = {};
        circle.self = circle;
        return circle;
      },
    ],
    [
      "a getter that throws",
      () => ({
        get secret() {
          throw new Error("trap");
        },
      }),
    ],
    [
      "a toJSON that throws",
      () => ({
        toJSON() {
          throw new Error("trap");
        },
      }),
    ],
  ];

  describe.each(unwritable)("%s in the details", (_what, details) => {
    const refuse = () =>
      new WebsocketError("not_you", "Not you.", { details: details(), status: 401, closeCode: 4001 });
    test.each<[string, NonNullable<ModuleDefinition["connect"]>]>([
      [
        "thrown",
        () => {
          throw refuse();
        },
      ],
      ["returned", () => refuse()],
      ["thrown later", () => Promise.reject(refuse())],
      ["returned later", async () => refuse()],
    ])("%s", async (_when, connect) => {
      const log = recordingLogger();
      const url = await start({ config: [setLogger(log)], connect });
      await expect(connectClient(url)).rejects.toMatchObject({
        status: 401,
        body: { error: { code: "not_you", message: "Not you." } },
      });
      expect(log.lines.some(({ level }) => level === "error")).toBe(true);
      await server.close();
      const closing = await start({ config: [setLogger(log), setRefusal("close")], connect });
      const client = await connectClient(closing);
      expect(await client.closed).toMatchObject({ code: 4001, reason: "Not you." });
    });
  });

  test.each<[string, unknown]>([
    ["throws", (_error: object, to: { command: string }) => ({ reply: to.command })],
    ["rejects", () => Promise.reject(new Error("later"))],
    ["gives what no JSON can hold", () => ({ n: 1n })],
  ])(
    "an envelope whose error function %s: refusals by origin and limit close with their codes",
    async (_what, error) => {
      const log = recordingLogger();
      const url = await start({
        config: [
          setLogger(log),
          setMode("product"),
          setRefusal("close"),
          setMaxConnections(1),
          setEnvelope({ error: error as never }),
        ],
      });
      const foreign = await connectClient(url, { headers: { Origin: "https://evil.example" } });
      expect(await foreign.closed).toMatchObject({ code: 1008 });
      await using first = await connectClient(url);
      const second = await connectClient(url);
      expect(await second.closed).toMatchObject({ code: 1013 });
      expect(await first.request("ping")).toEqual({ ping: "pong" });
      expect(
        log.lines.filter(({ message }) => message === "encodeError failed").length,
      ).toBeGreaterThanOrEqual(2);
    },
  );

  test.each([null, undefined, 7, Symbol.iterator])(
    "close(4001, %s) in connect closes with the code",
    async (reason) => {
      const url = await start({ connect: (ctx) => ctx.close(4001, reason as never) });
      const client = await connectClient(url);
      expect(await client.closed).toMatchObject({ code: 4001 });
    },
  );

  test("a logger that throws at every line keeps no connection from opening and closing", async () => {
    const fail = () => {
      throw new Error("disk full");
    };
    const log = { debug: fail, info: fail, warn: fail, error: fail, fatal: fail, child: fail };
    const url = await start({ config: [setLogger(log)] });
    await expectHealthy(url);
    await expectHealthy(url);
  });
});

test("messages that are sent before a slow connect has ended are bounded, and all are handled afterwards", async () => {
  let agree = (): void => {};
  const asked = new Promise<void>((resolve) => {
    agree = resolve;
  });
  const begun = new EventEmitter();
  const asking = once(begun, "connect");
  const url = await start({
    connect: () => {
      begun.emit("connect");
      return asked;
    },
  });
  const client = new RawClient(url);
  const message = (id: number) =>
    frame({ payload: JSON.stringify({ command: "ping", id, fill: "x".repeat(1_000) }) });
  // The first message comes in the packet of the request.
  client.send(Buffer.concat([Buffer.from(formatRequest({})), message(0)]));
  const count = 1_000;
  for (let id = 1; id < count; id++) client.send(message(id));
  await asking;
  // The server reads up to its limit: the rest waits in the kernel and with the client.
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect(client.frames).toEqual([]);
  agree();
  await client.until(() => client.frames.length === count);
  const ids = client.frames.map(({ payload }) => (JSON.parse(payload.toString()) as { id: number }).id);
  expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
  // Nothing of the time before is left on the socket that would stop it later: neither in a burst, nor one by one.
  for (let id = 0; id < count; id++) client.send(message(id));
  await client.until(() => client.frames.length === 2 * count);
  for (let more = 1; more <= 3; more++) {
    client.send(message(more));
    await client.until(() => client.frames.length === 2 * count + more);
  }
  client.reset();
});

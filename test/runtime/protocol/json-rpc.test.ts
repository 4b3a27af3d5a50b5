import { Client } from "rpc-websockets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  enableConsoleLog,
  type ICommand,
  type IWebsocket,
  jsonRpcEnvelope,
  setEnvelope,
  setHandshakeChecks,
  setMode,
  WebsocketError,
} from "wsgen-runtime";
import {
  connectClient,
  type HandshakeRefused,
  startModules,
  type TestClient,
  type TestServer,
} from "wsgen-runtime/testing";
import { isObject } from "wsgen-runtime/validation";

const command = (name: string, execute: ICommand["execute"]): ICommand => ({
  getCommand: () => name,
  getConfigOption: () => [],
  execute,
});

const noted: unknown[] = [];

const calculator: IWebsocket = {
  connect: () => undefined,
  disconnect: () => undefined,
  close: () => undefined,
  handshakeURL: () => ["rpc"],
  getModuleFlag: () => "calculator",
  getServerPort: () => 0,
  getWSServerConfig: () => [setEnvelope(jsonRpcEnvelope), enableConsoleLog(false), setMode("product")],
  getCommandList: () => [
    command("sum", (_ctx, numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)),
    command("subtract", (_ctx, { minuend, subtrahend }) => minuend - subtrahend),
    command("nothing", () => undefined),
    command("note", (ctx, data) => {
      noted.push(data);
      ctx.emit("noted", { count: noted.length });
    }),
    command("refuse", () => {
      throw new WebsocketError("no_room", "There is no such room.", { details: { room: "x" } });
    }),
    command("crash", () => {
      throw new Error("the password is hunter2");
    }),
  ],
};

let server: TestServer;
beforeAll(async () => {
  server = await startModules(calculator);
});
afterAll(() => server.close());

describe("the JSON-RPC 2.0 envelope with the client rpc-websockets", () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client(server.url("/calculator/rpc"), { reconnect: false });
    await new Promise((resolve) => client.once("open", resolve));
  });
  afterAll(() => client.close());

  it("calls with positional and with named parameters, and with none", async () => {
    expect(await client.call("sum", [1, 2, 4])).toBe(7);
    expect(await client.call("subtract", { minuend: 42, subtrahend: 23 })).toBe(19);
    expect(await client.call("nothing")).toBeNull();
  });

  it("matches answers to many calls at once", async () => {
    const answers = await Promise.all([...Array(50).keys()].map((number) => client.call("sum", [number, 1])));
    expect(answers).toEqual([...Array(50).keys()].map((number) => number + 1));
  });

  it("takes notifications, and sends events as notifications", async () => {
    const event = new Promise((resolve) => client.once("noted", resolve));
    await client.notify("note", { text: "hi" });
    expect(await event).toEqual({ count: 1 });
    expect(noted).toEqual([{ text: "hi" }]);
  });

  it("rejects with the codes of the specification", async () => {
    await expect(client.call("nope")).rejects.toMatchObject({ code: -32601 });
    await expect(client.call("refuse")).rejects.toEqual({
      code: -32000,
      message: "There is no such room.",
      data: { code: "no_room", details: { room: "x" } },
    });
    await expect(client.call("crash")).rejects.toMatchObject({
      code: -32603,
      message: "Internal error.",
      data: { reference: expect.any(String) },
    });
  });
});

describe("the JSON-RPC 2.0 envelope on the wire", () => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connectClient(server.url("/calculator/rpc"));
  });
  afterAll(() => client.close());

  /** Sends a frame, and gives what comes back before the answer to a call that is sent after it. */
  async function exchange(frame: string): Promise<unknown[]> {
    client.send(frame);
    client.send({ jsonrpc: "2.0", method: "sum", params: [], id: "last" });
    const answers: unknown[] = [];
    for (;;) {
      const answer = await client.next();
      if ((answer as { id?: unknown }).id === "last") return answers;
      answers.push(answer);
    }
  }

  const failure = (code: number, id: unknown = null) => ({
    jsonrpc: "2.0",
    error: { code, message: expect.any(String) },
    id,
  });

  // The examples of section 7 of the specification, and what it leaves out.
  it.each<[string, string, unknown]>([
    ["invalid JSON", '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', failure(-32700)],
    ["an invalid request object", '{"jsonrpc": "2.0", "method": 1, "params": "bar"}', failure(-32600)],
    ["an empty batch", "[]", failure(-32600)],
    ["an invalid batch", "[1,2,3]", [failure(-32600), failure(-32600), failure(-32600)]],
    ["another version", '{"jsonrpc":"1.0","method":"sum","params":[],"id":1}', failure(-32600, 1)],
    ["an id that is an object", '{"jsonrpc":"2.0","method":"sum","params":[],"id":{}}', failure(-32600)],
    [
      "an id of null",
      '{"jsonrpc":"2.0","method":"sum","params":[1],"id":null}',
      { jsonrpc: "2.0", result: 1, id: null },
    ],
    ["a method of the prototype", '{"jsonrpc":"2.0","method":"constructor","id":1}', failure(-32601, 1)],
    [
      "a batch",
      `[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method": "nothing"},
        {"foo": "boo"}, {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"}]`,
      [{ jsonrpc: "2.0", result: 7, id: "1" }, failure(-32600), failure(-32601, "5")],
    ],
  ])("answers %s", async (_, frame, expected) => {
    expect(await exchange(frame)).toEqual([expected]);
  });

  it.each([
    ["a notification", '{"jsonrpc": "2.0", "method": "nothing", "params": [1,2]}'],
    ["a notification of no method", '{"jsonrpc": "2.0", "method": "foobar"}'],
    ["a notification that fails", '{"jsonrpc": "2.0", "method": "crash"}'],
    [
      "a batch of notifications",
      '[{"jsonrpc":"2.0","method":"nothing"},{"jsonrpc":"2.0","method":"nothing"}]',
    ],
  ])("does not answer %s", async (_, frame) => {
    expect(await exchange(frame)).toEqual([]);
  });
});

describe("the JSON-RPC 2.0 envelope with a typed handshake", () => {
  const check = (value: unknown) =>
    isObject(value) && Number.isInteger(value.page)
      ? undefined
      : [{ pointer: "/page", rule: "type", message: "must be an integer" }];
  const pages: IWebsocket = {
    ...calculator,
    getModuleFlag: () => "pages",
    getWSServerConfig: () => [
      ...[setEnvelope(jsonRpcEnvelope), enableConsoleLog(false)],
      setHandshakeChecks({ query: { check, fields: { page: { type: "number", default: 1 } } } }),
    ],
    getCommandList: () => [command("where", ({ query }, params) => ({ query, params }))],
  };
  let typed: TestServer;
  beforeAll(async () => {
    typed = await startModules(pages);
  });
  afterAll(() => typed.close());

  it.each([
    ["?page=7", { page: 7 }],
    ["", { page: 1 }],
  ])("has the values of %j in the context", async (query, values) => {
    const client = await connectClient(typed.url("/pages/rpc") + query);
    client.send({ jsonrpc: "2.0", method: "where", params: { a: 1 }, id: 1 });
    const result = { query: values, params: { a: 1 } };
    expect(await client.next()).toEqual({ jsonrpc: "2.0", result, id: 1 });
    await client.close();
  });

  it("refuses a wrong value with 400, in the shape of HTTP", async () => {
    const refused = connectClient(typed.url("/pages/rpc?page=two"));
    await expect(refused).rejects.toMatchObject({
      status: 400,
      body: { error: { code: "invalid_request", details: [{ pointer: "/query/page", rule: "type" }] } },
    } satisfies Partial<HandshakeRefused>);
  });
});

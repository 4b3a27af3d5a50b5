// Bytes between clients and the code of a module, on a real socket: base64 in JSON and JSON-RPC, bytes in MessagePack.
import { afterEach, describe, expect, test } from "vitest";
import {
  bindErrors,
  type EnvelopeOptions,
  jsonRpcEnvelope,
  type MessageCodec,
  Mode,
  type SetWSServerConfig,
  setEnvelope,
  setEvents,
  setHooks,
  setKnownFields,
  setLogger,
  setMaxMessageBufferSize,
  setMaxMessageSize,
  setMode,
  setRefusal,
  setReplyCheck,
  setReplyConversion,
  setReplyFields,
  setRequestCheck,
  setRequestConversion,
  type WSContext,
} from "wsgen-runtime";
import {
  connectClient,
  type HandshakeRefused,
  startModules,
  type TestClient,
  type TestEnvelope,
  type TestServer,
} from "wsgen-runtime/testing";
import { addProblem, hasProperty, isBytes, isObject, type Validator } from "wsgen-runtime/validation";
import { defineCommand, defineModule, type ModuleDefinition } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What wsgen generates for `{ data?: bytes, list?: bytes[], of?: { [name]: bytes } }`. */
const conversion = [
  { properties: { data: { of: 1 }, list: { of: 2 }, of: { of: 3 } } },
  { bytes: true },
  { items: 1 },
  { others: 1 },
];
const check: Validator = (value) => {
  if (!isObject(value)) return addProblem(undefined, "", "type", "must be an object");
  const { data = new Uint8Array(), list = [], of = {} } = value;
  if (!isBytes(data))
    return addProblem(
      undefined,
      "/data",
      typeof data === "string" ? "contentEncoding" : "type",
      "must be bytes",
    );
  if (![...(list as unknown[]), ...Object.values(of as object)].every(isBytes))
    return addProblem(undefined, "/list", "contentEncoding", "must be bytes");
  return undefined;
};
const fields = () => ({ properties: { data: {}, list: {}, of: {} } });
const ofRequest = [setRequestConversion(conversion), setRequestCheck(check)];
const options = [
  ...ofRequest,
  ...[setReplyConversion(conversion), setReplyCheck(check), setKnownFields(fields)],
];

const errors = bindErrors<{ broken: unknown }>({
  broken: { code: "broken", message: "Broken.", check, fields, conversion },
});

const config = [
  ...[setMaxMessageSize(8_000_000), setMaxMessageBufferSize(8_000_000)],
  setEvents({
    changed: { check, fields, conversion },
    kept: { check, fields, conversion, replay: { last: 5 } },
  }),
];

interface Started extends Pick<ModuleDefinition, "commands" | "connect"> {
  readonly envelope?: EnvelopeOptions;
  readonly own?: readonly SetWSServerConfig[];
}

async function start({ envelope = {}, own = [], ...definition }: Started): Promise<TestClient> {
  server = await startModules(
    defineModule({ config: [...config, setEnvelope(envelope), ...own], ...definition }),
  );
  return connect(envelope.codec === "msgpack" ? { codec: "msgpack" } : {});
}

const connect = (envelope: TestEnvelope = {}) => connectClient(server!.url("/test/ws"), { envelope });

const hi = new Uint8Array([104, 105]);
const codecs = ["json", "msgpack"] as const;
/** As the wire has it. */
const wire = (codec: "json" | "msgpack", bytes: Uint8Array) =>
  codec === "json" ? Buffer.from(bytes).toString("base64") : Buffer.from(bytes);

describe.each(codecs)("with the codec %s", (codec) => {
  test("bytes of a request are plain bytes with a buffer of their own", async () => {
    const seen: unknown[] = [];
    const put = defineCommand("put", (_ctx, data) => void seen.push(data), ofRequest);
    const before = setHooks({ before: (_ctx, data) => void seen.push(data) });
    const client = await start({ envelope: { codec }, commands: [put], own: [before] });
    const data = wire(codec, hi);
    await client.request("put", {
      data,
      list: [data, wire(codec, new Uint8Array())],
      of: { a: data },
      text: "aGk=",
    });
    const [asSent, converted] = seen as { data: Uint8Array; list: Uint8Array[]; text: string }[];
    expect(asSent).toMatchObject({ data });
    expect(converted).toEqual({ data: hi, list: [hi, new Uint8Array()], of: { a: hi }, text: "aGk=" });
    expect(converted!.data.constructor).toBe(Uint8Array);
    expect(converted!.data.buffer.byteLength).toBe(2);
  });

  test.each<[string, () => Uint8Array]>([
    ["a Uint8Array", () => hi],
    ["a part of a buffer", () => new Uint8Array([1, 104, 105, 2]).subarray(1, 3)],
    ["a Buffer of the pool", () => Buffer.from("hi")],
    [
      "shared memory",
      () => {
        const shared = new Uint8Array(new SharedArrayBuffer(2));
        shared.set(hi);
        return shared;
      },
    ],
  ])(
    "%s is sent in a reply, an event and the details of an error, and the object stays as it is",
    async (_title, make) => {
      const bytes = make();
      const value = { data: bytes, list: [bytes], of: { a: bytes } };
      const copy = { ...value };
      const get = defineCommand(
        "get",
        (ctx) => {
          ctx.emit("changed", value);
          return value;
        },
        options,
      );
      const fail = defineCommand("fail", () => errors.broken(value));
      const client = await start({ envelope: { codec }, commands: [get, fail] });
      const sent = wire(codec, hi);
      const whole = { data: sent, list: [sent], of: { a: sent } };
      expect(await client.request("get")).toEqual(whole);
      expect(await client.next()).toEqual({ event: "changed", data: whole });
      await expect(client.request("fail")).rejects.toMatchObject({ code: "broken", details: whole });
      expect(value).toEqual(copy);
      expect(value.data).toBe(bytes);
    },
  );

  test("a value in place of bytes is refused in debug mode, with its place", async () => {
    const logger = recordingLogger();
    const get = defineCommand("get", (_ctx, { kind }) => values[kind], [
      setReplyConversion(conversion),
      setReplyCheck(check),
    ]);
    const values: Record<string, unknown> = {
      text: { data: "aGk=" },
      buffer: { data: hi.buffer },
      view: { data: new DataView(hi.buffer) },
      list: { data: [104, 105] },
    };
    const client = await start({ envelope: { codec }, commands: [get], own: [setLogger(logger)] });
    for (const kind of Object.keys(values))
      await expect(client.request("get", { kind })).rejects.toMatchObject({ code: "failed" });
    const text = 'The reply of "get" does not fit its schema: /data must be bytes.';
    expect(
      logger.lines
        .filter(({ level }) => level === "error")
        .map(({ fields }) => (fields as { err: Error }).err.message),
    ).toEqual([text, text, text, text]);
  });

  test.each(["buffer", "view"])("a %s is refused in product mode, too, with a clear error", async (kind) => {
    const logger = recordingLogger();
    const data = kind === "buffer" ? hi.buffer : new DataView(hi.buffer);
    const get = defineCommand("get", (ctx) => ({ data, id: ctx.id }), options);
    const client = await start({
      envelope: { codec },
      commands: [get],
      own: [setLogger(logger), setMode(Mode.product)],
    });
    await expect(client.request("get")).rejects.toMatchObject({ code: "failed" });
    const type = kind === "buffer" ? "ArrayBuffer" : "DataView";
    expect(logger.lines.find(({ level }) => level === "error")?.fields).toMatchObject({
      err: {
        code: "not_serializable",
        message: `The value of "data" is of the type ${type}; expected a Uint8Array. Convert it, for example with new Uint8Array(buffer).`,
      },
    });
    expect(() => server!.serve.module("test").all.emit("changed", { data })).toThrow("expected a Uint8Array");
  });

  test("objects with toJSON, null and other values are sent as JSON has them", async () => {
    class Row {
      toJSON = () => ({ data: hi, list: [{ toJSON: () => hi }] });
    }
    const get = defineCommand("get", () => new Row(), options);
    const client = await start({ envelope: { codec }, commands: [get] });
    const sent = wire(codec, hi);
    expect(await client.request("get")).toEqual({ data: sent, list: [sent] });
  });

  test("an event to all is converted once, and events of `connect` and to a resuming client have bytes, too", async () => {
    let reads = 0;
    const value = {
      get data() {
        reads += 1;
        return hi;
      },
    };
    const client = await start({
      envelope: { codec },
      own: [setMode(Mode.product)],
      connect: (ctx: WSContext) => void ctx.emit("changed", { data: hi }),
    });
    const data = wire(codec, hi);
    expect(await client.next()).toEqual({ event: "changed", data: { data } });
    const others = await Promise.all([connect({ codec }), connect({ codec })]);
    const { all } = server!.serve.module("test");
    expect(all.emit("kept", value)).toMatchObject({ delivered: 3 });
    const inOne = reads;
    expect(all.emit("kept", value)).toMatchObject({ delivered: 3 });
    expect(reads).toBe(2 * inOne);
    const { epoch, offset } = (await client.next()) as { epoch: string; offset: number };
    expect(offset).toBe(1);
    const late = await connect({ codec });
    await late.next();
    late.send({ resume: [{ event: "kept", epoch, offset: 0 }] });
    expect(await late.next()).toMatchObject({ event: "kept", offset: 1, data: { data } });
    for (const other of others)
      expect(await other.next()).toMatchObject({ event: "changed", data: { data } });
  });

  test("a megabyte, and bytes of any value, come back unchanged", async () => {
    const echo = defineCommand("echo", (_ctx, data) => data, options);
    const client = await start({ envelope: { codec }, commands: [echo] });
    for (const size of [0, 1, 2, 3, 255, 256, 1_000_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 7) % 256);
      const { data } = (await client.request("echo", { data: wire(codec, bytes) })) as {
        data: string | Buffer;
      };
      expect(Buffer.from(bytes).equals(typeof data === "string" ? Buffer.from(data, "base64") : data)).toBe(
        true,
      );
    }
  });

  test("replyFields: known keeps bytes whole, also to find the branch that fits", async () => {
    // As of `oneOf: [{ required: [data] }, { required: [secret] }]`.
    const choices = () => ({
      choices: [
        [
          {
            fits: (value: unknown) => isObject(value) && isBytes(value.data),
            fields: { properties: { data: {} } },
          },
          { fits: (value: unknown) => hasProperty(value, "secret"), fields: { properties: { secret: {} } } },
        ],
      ],
    });
    const get = defineCommand("get", () => ({ data: Buffer.from("hi"), secret: 1 }), [
      setKnownFields(choices),
      setReplyConversion(conversion),
    ]);
    const all = defineCommand(
      "all",
      (ctx) => {
        ctx.emit("changed", { data: hi, hash: "x" });
        return { data: hi, hash: "x" };
      },
      options,
    );
    const client = await start({ envelope: { codec }, commands: [get, all], own: [setReplyFields("known")] });
    expect(await client.request("all")).toEqual({ data: wire(codec, hi) });
    expect(await client.next()).toEqual({ event: "changed", data: { data: wire(codec, hi) } });
    // Both fit: the bytes were not lost on the way to the test.
    expect(await client.request("get")).toEqual({ data: wire(codec, hi), secret: 1 });
  });
});

test("MessagePack: base64 in place of bytes is accepted, and bytes are no object", async () => {
  const put = defineCommand("put", (_ctx, data) => isBytes(data.data), ofRequest);
  const client = await start({ envelope: { codec: "msgpack" }, commands: [put] });
  expect(await client.request("put", { data: "aGk=" })).toBe(true);
  await expect(client.request("put", { list: [hi], of: hi })).rejects.toMatchObject({
    code: "invalid_request",
  });
});

test.each(["aGk", "aGk=\n", " aGk=", "aGl=", "aG-_", "=aGk", "te xt"])(
  "JSON: %j is not base64, so the request is invalid",
  async (data) => {
    const client = await start({ commands: [defineCommand("put", () => "ran", ofRequest)] });
    await expect(client.request("put", { data })).rejects.toMatchObject({
      code: "invalid_request",
      details: [{ pointer: "/data", rule: "contentEncoding", message: "must be bytes" }],
    });
  },
);

test("JSON-RPC: bytes in params, results, events and the data of errors", async () => {
  const echo = defineCommand(
    "echo",
    (ctx, data) => {
      ctx.emit("changed", data);
      return data;
    },
    options,
  );
  const fail = defineCommand("fail", (_ctx, data) => errors.broken(data), options);
  const client = await start({ envelope: jsonRpcEnvelope, commands: [echo, fail] });
  const params = { data: "aGk=" };
  client.send({ jsonrpc: "2.0", method: "echo", params, id: 1 });
  expect(await client.next()).toEqual({ jsonrpc: "2.0", method: "changed", params });
  expect(await client.next()).toEqual({ jsonrpc: "2.0", result: params, id: 1 });
  client.send({ jsonrpc: "2.0", method: "fail", params, id: 2 });
  expect(await client.next()).toMatchObject({ id: 2, error: { data: { code: "broken", details: params } } });
  client.send({ jsonrpc: "2.0", method: "echo", params: { data: "?" }, id: 3 });
  expect(await client.next()).toMatchObject({ id: 3, error: { code: -32602, data: [{ pointer: "/data" }] } });
});

test.each([
  [true, "object"],
  [false, "string"],
  [undefined, "string"],
])("a codec of the user's with hasBytes %s gets bytes as a value of type %s", async (hasBytes, type) => {
  const seen: unknown[] = [];
  const codec: MessageCodec = {
    hasBytes,
    decode: (raw) => JSON.parse(raw.toString()),
    encode(value) {
      seen.push((value as { data?: { data?: unknown } }).data?.data);
      return JSON.stringify(value);
    },
  };
  const client = await start({
    envelope: { codec },
    commands: [defineCommand("get", () => ({ data: hi }), options)],
  });
  await client.request("get");
  expect(seen.map((value) => typeof value)).toEqual([type]);
});

test.each(codecs)(
  "a refusal of `connect` has base64 in its HTTP answer, and with %s the codec's form in a message",
  async (codec) => {
    const connectFails = () => errors.broken({ data: hi });
    await expect(start({ envelope: { codec }, connect: connectFails })).rejects.toMatchObject({
      body: { error: { code: "broken", details: { data: "aGk=" } } },
    } satisfies Partial<HandshakeRefused>);
    await server?.close();
    const client = await start({ envelope: { codec }, connect: connectFails, own: [setRefusal("close")] });
    expect(await client.next()).toMatchObject({
      error: { code: "broken", details: { data: wire(codec, hi) } },
    });
  },
);

test("the log shows the number of bytes", async () => {
  const logger = recordingLogger();
  const client = await start({
    commands: [defineCommand("get", () => ({ data: hi }), options)],
    own: [setLogger(logger)],
  });
  await client.request("get");
  expect(logger.lines.find(({ message }) => message === "down")?.fields).toMatchObject({
    data: { data: "2 bytes" },
  });
});

test("a message without bytes is passed on as it is, in both directions", async () => {
  const reply = { n: 1 };
  const seen: unknown[] = [];
  const none = defineCommand("none", (_ctx, data) => {
    seen.push(data);
    return reply;
  });
  const hooks = setHooks({
    before: (_ctx, data) => void seen.push(data),
    after: (_ctx, _data, sent) => void seen.push(sent),
  });
  const client = await start({ commands: [none], own: [hooks] });
  expect(await client.request("none", { data: "aGk=" })).toEqual(reply);
  expect(seen[0]).toBe(seen[1]);
  expect(seen[2]).toBe(reply);
});

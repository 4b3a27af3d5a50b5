import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MessageCodec } from "../../../runtime/src/protocol/codec.js";
import { createEnvelope } from "../../../runtime/src/protocol/create-envelope.js";
import type {
  Call,
  Decoded,
  Envelope,
  EnvelopeOptions,
  ProtocolFault,
} from "../../../runtime/src/protocol/envelope.js";

const create = (options: EnvelopeOptions = {}): Envelope => createEnvelope(options, { maxJsonDepth: 64 });
const decode = (text: string, envelope = create()): Decoded => envelope.decode(Buffer.from(text), false);
const call = (text: string, envelope = create()): Call => {
  const decoded = decode(text, envelope);
  if (decoded.kind !== "call") throw new Error(`not a call: ${JSON.stringify(decoded)}`);
  return decoded;
};
const fault = (text: string, envelope = create()): ProtocolFault => {
  const decoded = decode(text, envelope);
  if (decoded.kind !== "fault") throw new Error(`not a fault: ${JSON.stringify(decoded)}`);
  return decoded;
};
const invalid = { code: "invalid_message", message: "no" };

describe("the default envelope reads", () => {
  it("a command with its own fields", () => {
    expect(call('{"command":"say","id":7,"text":"hi"}')).toMatchObject({
      command: "say",
      correlationId: 7,
      hasCorrelation: true,
      data: { text: "hi" },
    });
  });

  it("a command without an id", () => {
    expect(call('{"command":"ping"}')).toMatchObject({ hasCorrelation: false, data: {} });
    expect(call('{"command":"ping","id":null}')).toMatchObject({ hasCorrelation: true, correlationId: null });
  });

  it.each([
    ["not JSON", "{"],
    ["empty", ""],
    ["an array", '[{"command":"ping"}]'],
    ["null", "null"],
    ["a string", '"ping"'],
    ["no command", "{}"],
    ["a command that is no string", '{"command":5}'],
    ["a command that is an object", '{"command":{"toString":"ping"}}'],
    ["nested 65 levels deep", `{"command":"a","b":${"[".repeat(64)}${"]".repeat(64)}}`],
    ["nested 10,000 levels deep", `{"command":"a","b":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
  ])("%s as an invalid message", (_, text) => {
    expect(fault(text).code).toBe("invalid_message");
  });

  it("the id of a message without a command", () => {
    const decoded = fault('{"id":[1],"text":"hi"}');
    expect(create().encodeError(invalid, decoded)).toBe(`{"id":[1],"error":${JSON.stringify(invalid)}}`);
  });

  it("a binary frame as an invalid message", () => {
    const decoded = create().decode(Buffer.from('{"command":"ping"}'), true);
    expect(decoded).toMatchObject({ kind: "fault", reason: "unreadable" });
  });

  it("no inherited property", () => {
    expect(fault("{}", create({ command: "constructor" }))).toBeDefined();
    expect(call('{"command":"a"}', create({ correlation: "toString" })).hasCorrelation).toBe(false);
  });

  it("__proto__ as nothing", () => {
    const { data } = call('{"command":"a","__proto__":{"isAdmin":true},"text":"hi"}');
    expect(data).toEqual({ text: "hi" });
    expect((data as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it("any bytes without throwing", () => {
    const envelope = create();
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(["call", "fault"]).toContain(envelope.decode(Buffer.from(bytes), false).kind);
      }),
    );
  });
});

describe("the default envelope writes", () => {
  it("a reply without an id as the command returned it", () => {
    expect(create().encodeReply(call('{"command":"ping"}'), { ping: "pong" })).toBe('{"ping":"pong"}');
  });

  it("nothing for a command without an id that returns nothing", () => {
    expect(create().encodeReply(call('{"command":"ping"}'), undefined)).toBeUndefined();
  });

  it("a reply with an id as command, id and data", () => {
    const say = call('{"command":"say","id":7,"text":"hi"}');
    expect(create().encodeReply(say, { delivered: 3 })).toBe(
      '{"command":"say","id":7,"data":{"delivered":3}}',
    );
    expect(create().encodeReply(say, undefined)).toBe('{"command":"say","id":7,"data":null}');
  });

  it("errors with the known parts of the message", () => {
    const json = JSON.stringify(invalid);
    expect(create().encodeError(invalid, call('{"command":"say","id":8}'))).toBe(
      `{"command":"say","id":8,"error":${json}}`,
    );
    expect(create().encodeError(invalid, call('{"command":"say"}'))).toBe(
      `{"command":"say","error":${json}}`,
    );
    expect(create().encodeError(invalid, fault("{"))).toBe(`{"error":${json}}`);
    expect(create().encodeError(invalid, undefined)).toBe(`{"error":${json}}`);
  });

  it("events and messages", () => {
    expect(create().encodeEvent("message", { text: "hi" })).toBe('{"event":"message","data":{"text":"hi"}}');
    expect(create().encodeEvent("tick", undefined)).toBe('{"event":"tick","data":null}');
    expect(create().encodeMessage({ say: "hello world!" })).toBe('{"say":"hello world!"}');
    expect(create().encodeMessage("text")).toBe('"text"');
    expect(create().encodeMessage(new Uint16Array([1]).subarray(0))).toEqual(Buffer.from([1, 0]));
  });

  it.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a BigInt", 1n],
  ])("%s as an error", (_, value) => {
    expect(() => create().encodeMessage(value)).toThrow(TypeError);
  });

  it("any id unchanged", () => {
    for (const id of ["9007199254740991", "-0.5", '{"a": 1e3}', "[ ]", "true", "null", '"\\u2028"', "0"]) {
      const reply = create().encodeReply(call(`{"command":"a", "id" : ${id} }`), 1);
      expect(reply).toBe(`{"command":"a","id":${JSON.stringify(JSON.parse(id))},"data":1}`);
    }
  });

  it("any command, id and result as JSON that reads back", () => {
    const envelope = create();
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (command, id, result) => {
        fc.pre(!/\d{16}|e\+/.test(JSON.stringify(id)));
        const expected = JSON.parse(JSON.stringify({ command, id, data: result }));
        const reply = envelope.encodeReply(call(JSON.stringify({ command, id }), envelope), result);
        expect(JSON.parse(String(reply))).toEqual(expected);
      }),
    );
  });
});

describe("setEnvelope: a configured envelope", () => {
  it("takes other field names, and answers with them", () => {
    const envelope = create({ command: "op", correlation: "seq" });
    const say = call('{"op":"say","seq":1,"command":"mine","id":2}', envelope);
    expect(say).toMatchObject({ command: "say", correlationId: 1, data: { command: "mine", id: 2 } });
    expect(envelope.encodeReply(say, 5)).toBe('{"op":"say","seq":1,"data":5}');
    expect(envelope.encodeError(invalid, say)).toBe(
      `{"op":"say","seq":1,"error":${JSON.stringify(invalid)}}`,
    );
  });

  it("takes functions for every part", () => {
    const envelope = create({
      command: (message) => (message as unknown[])[0],
      correlation: (message) => (message as unknown[])[2],
      data: (message) => (message as unknown[])[1],
      reply: ({ correlationId }, result) => ["ok", correlationId, result],
      error: ({ code }, to) => (to?.hasCorrelation ? ["error", to.correlationId, code] : undefined),
      event: (name, data) => [name, data],
    });
    const say = call('["say",{"text":"hi"},9]', envelope);
    expect(say).toMatchObject({ command: "say", correlationId: 9, data: { text: "hi" } });
    expect(envelope.encodeReply(say, 1)).toBe('["ok",9,1]');
    expect(envelope.encodeError(invalid, say)).toBe('["error",9,"invalid_message"]');
    expect(envelope.encodeError(invalid, call('["say"]', envelope))).toBeUndefined();
    expect(envelope.encodeEvent("tick", 1)).toBe('["tick",1]');
  });

  it("counts a function that throws as an invalid message", () => {
    const envelope = create({ command: (message) => (message as { head: { name: string } }).head.name });
    expect(fault("{}", envelope).reason).toBe("malformed");
    expect(fault("null", envelope).reason).toBe("malformed");
  });

  it("reads and answers batches when they are switched on", () => {
    const envelope = create({ batch: true });
    const batch = decode('[{"command":"a","id":1},5,{"command":"b","id":2}]', envelope);
    expect(batch).toMatchObject({
      kind: "batch",
      items: [{ command: "a" }, { kind: "fault" }, { command: "b" }],
    });
    expect(envelope.encodeBatch(["1", "2"])).toBe("[1,2]");
    expect(envelope.encodeBatch([])).toBeUndefined();
    expect(fault("[]", envelope).reason).toBe("malformed");
    expect(fault('[{"command":"a"}]').reason).toBe("malformed");
  });

  it("takes an own codec", () => {
    const codec: MessageCodec = {
      decode: (raw) => Object.fromEntries(new URLSearchParams(raw.toString())),
      encode: (value) => new URLSearchParams(value as Record<string, string>).toString(),
    };
    const envelope = create({ codec });
    const say = call("command=say&id=4&text=hi", envelope);
    expect(say).toMatchObject({ command: "say", correlationId: "4", data: { text: "hi" } });
    expect(envelope.encodeReply(say, "3")).toBe("command=say&id=4&data=3");
  });

  it("counts whatever an own codec throws as an invalid message", () => {
    const codec: MessageCodec = {
      decode: () => {
        throw "no error object";
      },
      encode: String,
    };
    expect(fault("x", create({ codec }))).toMatchObject({
      reason: "unreadable",
      text: "The message could not be read.",
    });
  });
});

describe("an id that cannot come back exactly", () => {
  const inexact = "cannot be sent back exactly";
  const numbers = ["9007199254740992", "-9007199254740993", "1e400", "[{}, 12345678901234567890]"];

  it.each([
    ["the default envelope", {}, '"id"'],
    ["a field of its own", { correlation: "ref" }, '"ref"'],
    ["a function", { correlation: (message) => (message as { a: unknown }).a }, '"a"'],
  ] as [string, EnvelopeOptions, string][])("is refused by %s", (_title, options, field) => {
    for (const number of numbers) {
      const decoded = fault(`{"command":"a",${field}:${number}}`, create(options));
      expect(decoded).toMatchObject({ code: "invalid_message", hasCorrelation: false });
      expect(decoded.text).toContain(inexact);
    }
  });

  it("is refused in a batch, alone", () => {
    const decoded = decode('[{"command":"a","id":1e400},{"command":"a","id":1}]', create({ batch: true }));
    expect(decoded).toMatchObject({ kind: "batch", items: [{ kind: "fault" }, { kind: "call" }] });
  });

  it("is refused in MessagePack, where it can be no number at all", () => {
    const envelope = create({ codec: "msgpack" });
    for (const id of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, [Number.NEGATIVE_INFINITY]]) {
      const message = envelope.encodeMessage({ command: "a", id });
      expect(envelope.decode(message as Buffer, true)).toMatchObject({ kind: "fault" });
    }
    const exact = envelope.encodeMessage({ command: "a", id: Buffer.alloc(3) });
    expect(envelope.decode(exact as Buffer, true)).toMatchObject({ kind: "call" });
  });
});

describe("a function of the user's that returns a promise", () => {
  const late = () => Promise.reject(new Error("late"));
  const codec = (part: object): MessageCodec => ({
    decode: (raw) => JSON.parse(raw.toString()),
    encode: String,
    ...part,
  });

  it.each([
    ["command", { command: late }],
    ["correlation", { correlation: late }],
    ["data", { data: late }],
    ["decode", { codec: codec({ decode: late }) }],
  ] as unknown as [string, EnvelopeOptions][])("makes the message invalid: %s", (name, options) => {
    const { cause } = fault('{"command":"a","id":1}', create(options));
    expect(cause).toMatchObject({ message: expect.stringContaining(`function ${name} returned a promise`) });
  });

  const writing: [string, object, (envelope: Envelope) => unknown][] = [
    ["reply", { reply: late }, (envelope) => envelope.encodeReply(call('{"command":"a"}'), 1)],
    ["error", { error: late }, (envelope) => envelope.encodeError(invalid, undefined)],
    ["event", { event: late }, (envelope) => envelope.encodeEvent("e", 1)],
    ["encode", { codec: codec({ encode: late }) }, (envelope) => envelope.encodeMessage(1)],
    ["encode", { codec: codec({ encode: late }) }, (envelope) => envelope.encodeEvent("e", 1)],
    ["join", { codec: codec({ join: late }) }, (envelope) => envelope.encodeBatch(["1"])],
  ];

  it.each(writing)("is a TypeError of what it writes: %s", (name, options, write) => {
    expect(() => write(create(options))).toThrow(`function ${name} returned a promise`);
  });
});

// What a conversion changes in a value, and what it leaves alone.
import { describe, expect, test } from "vitest";
import { type Conversion, convert } from "../../../runtime/src/conversion.js";
import { convertInbound, convertOutbound } from "../../../runtime/src/protocol/convert-message.js";

const hi = Uint8Array.of(104, 105);
const bytes: Conversion = [
  { properties: { data: { of: 1 }, n: { default: 7 } }, others: 2 },
  { bytes: true },
  {},
];

describe("convertInbound", () => {
  test("fills in what is absent, inherited or undefined, and no more", () => {
    const conversion: Conversion = [{ properties: { toString: { default: 1 }, n: { default: [7] } } }];
    expect(convertInbound({}, conversion)).toEqual({ toString: 1, n: [7] });
    expect(convertInbound({ n: undefined, toString: null }, conversion)).toEqual({ toString: null, n: [7] });
    const [one, other] = [convertInbound({}, conversion), convertInbound({}, conversion)] as {
      n: number[];
    }[];
    one?.n.push(8);
    expect(other?.n).toEqual([7]);
  });

  test("converts a named property only by its own node", () => {
    const conversion: Conversion = [{ properties: { text: {} }, others: 1 }, { bytes: true }];
    expect(convertInbound({ text: "aGk=", data: "aGk=" }, conversion)).toEqual({ text: "aGk=", data: hi });
  });

  test("takes __proto__ as a name like others", () => {
    const given = JSON.parse('{ "__proto__": "aGk=", "a": "aGk=" }');
    const found = convertInbound(given, [{ others: 1 }, { bytes: true }]) as object;
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(found, "__proto__")?.value).toEqual(hi);
  });

  test("returns the value itself if nothing changes in it, and copies only the objects around a change", () => {
    const whole = { n: 1, list: [1, { a: 2 }] };
    expect(
      convertInbound(whole, [
        { properties: { list: { of: 1 } } },
        { items: 2 },
        { others: 3 },
        { bytes: true },
      ]),
    ).toBe(whole);
    const given = { data: "aGk=", n: 1, same: {} };
    const found = convertInbound(given, bytes) as typeof given;
    expect(found).toEqual({ data: hi, n: 1, same: {} });
    expect(found.same).toBe(given.same);
    expect(given.data).toBe("aGk=");
  });
});

describe("convertOutbound", () => {
  test("sends what JSON would send: own enumerable members, and what toJSON returns", () => {
    class Row {
      data = hi;
      get own() {
        return hi;
      }
      static create = () => Object.defineProperty(new Row(), "secret", { value: hi });
    }
    const conversion: Conversion = [
      { properties: { data: { of: 1 }, own: { of: 1 }, secret: { of: 1 } } },
      { bytes: true },
    ];
    expect(JSON.stringify(convertOutbound(Row.create(), conversion, false))).toBe('{"data":"aGk="}');
    const date = new Date(0);
    expect(convertOutbound({ data: date }, conversion, false)).toEqual({ data: date.toJSON() });
    expect(convertOutbound({ data: { toJSON: (name: string) => name } }, conversion, false)).toEqual({
      data: "data",
    });
  });

  test("throws the errors of getters and toJSON", () => {
    const fail = () => {
      throw new Error("no");
    };
    const conversion: Conversion = [{ properties: { data: { of: 1 } } }, { bytes: true }];
    expect(() =>
      convertOutbound(Object.defineProperty({}, "data", { get: fail, enumerable: true }), conversion, false),
    ).toThrow("no");
    expect(() => convertOutbound({ data: { toJSON: fail } }, conversion, false)).toThrow("no");
  });
});

test("convert: passes the name of each place", () => {
  const names: string[] = [];
  const step = { bytes: (value: unknown, name: string) => names.push(name) && value };
  const conversion: Conversion = [{ properties: { a: { of: 1 } }, others: 2 }, { items: 2 }, { bytes: true }];
  convert({ a: ["x", "y"], b: "z" }, conversion, step);
  expect(names).toEqual(["0", "1", "b"]);
});

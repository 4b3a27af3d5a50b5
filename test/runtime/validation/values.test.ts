import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addProblem,
  addProblems,
  areUnique,
  characterCount,
  isBytes,
  isEqual,
  isMultipleOf,
  isObject,
  isTooDeep,
  kindOf,
  maxCalls,
  maxDepth,
  maxProblems,
  pointerToken,
  propertyCount,
  propertyOf,
  type ValidationProblem,
} from "../../../runtime/src/validation/index.js";

describe("bytes", () => {
  const bytes = Uint8Array.of(1, 2);

  it("are no object, and have a kind of their own", () => {
    expect([bytes, Buffer.from("a"), new Uint8Array()].map(kindOf)).toEqual(["bytes", "bytes", "bytes"]);
    expect([new DataView(bytes.buffer), new Int8Array(1)].map(kindOf)).toEqual([undefined, undefined]);
    expect([bytes, new DataView(bytes.buffer)].map(isObject)).toEqual([false, false]);
    expect([bytes, Buffer.from("a"), [1], "AQI=", {}, new Int8Array(2)].map(isBytes)).toEqual([
      ...[true, true, false, false, false, false],
    ]);
  });

  it("are bytes whichever realm they come from", () => {
    expect(isBytes(runInNewContext("Uint8Array.of(1)"))).toBe(true);
    expect(isBytes({ [Symbol.toStringTag]: "Uint8Array", length: 1, 0: 1 })).toBe(false);
  });

  it("are equal by their content", () => {
    expect(isEqual(bytes, Buffer.from([1, 2]))).toBe(true);
    expect([[1], [1, 2, 3], [1, 3]].some((other) => isEqual(bytes, Uint8Array.from(other)))).toBe(false);
    expect(isEqual(bytes, [1, 2]) || isEqual([1, 2], bytes)).toBe(false);
    expect(areUnique([bytes, Uint8Array.of(1), new Uint8Array(), [1, 2], "1,2", "bytes 1,2"])).toBe(true);
    expect(areUnique([{ a: bytes }, { a: Uint8Array.of(1, 2) }])).toBe(false);
  });
});

describe("values of JSON", () => {
  it("are equal when they mean the same", () => {
    expect(isEqual({ a: 1, b: [0, { c: null }] }, { b: [-0, { c: null }], a: 1.0 })).toBe(true);
    expect(isEqual({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(isEqual([1, 2], [2, 1])).toBe(false);
    expect(isEqual([], {})).toBe(false);
    expect(isEqual({}, JSON.parse('{"__proto__":1}'))).toBe(false);
    expect(isEqual(1, true)).toBe(false);
  });

  it("differ from one another exactly when no two are equal", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }), (items) => {
        const isPair = items.some((one, at) => items.slice(at + 1).some((other) => isEqual(one, other)));
        expect(areUnique(items)).toBe(!isPair);
      }),
    );
    expect(areUnique([1, "1", true, "true", null, "null", "[]", [], "{}", {}, '"[]'])).toBe(true);
    expect(
      areUnique([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toBe(false);
  });

  it("are multiples as they are written in decimal", () => {
    expect(isMultipleOf(19.99, 0.01)).toBe(true);
    expect(isMultipleOf(0.3, 0.1)).toBe(true);
    expect(isMultipleOf(0.31, 0.1)).toBe(false);
    expect(isMultipleOf(-9, 3)).toBe(true);
    expect(isMultipleOf(10, 3)).toBe(false);
    expect(isMultipleOf(1e308, 0.5)).toBe(true);
    expect(isMultipleOf(1e-300, 1e300)).toBe(false);
    expect(isMultipleOf(0, 0.7)).toBe(true);
    expect([Infinity, -Infinity, NaN].map((value) => isMultipleOf(value, 1))).toEqual([false, false, false]);
  });

  it("have characters, properties and a kind", () => {
    expect(characterCount("a😀b")).toBe(3);
    expect(characterCount("\ud83d")).toBe(1);
    expect(propertyCount({ a: 1, b: undefined })).toBe(1);
    expect(propertyOf({}, "constructor")).toBeUndefined();
    expect(propertyOf(JSON.parse('{"__proto__":1}'), "__proto__")).toBe(1);
    expect([null, [], {}, 1, "", false, undefined, () => 1].map(kindOf)).toEqual([
      ...["null", "array", "object", "number", "string", "boolean", undefined, undefined],
    ]);
  });
});

describe("a list of problems", () => {
  it("is made with the first, has places from the whole value, and ends", () => {
    let problems: ValidationProblem[] | undefined;
    problems = addProblem(problems, "", "type", "must be a string");
    const inner = Array.from({ length: 200 }, (_, n) => ({ pointer: `/${n}`, rule: "type", message: "" }));
    problems = addProblems(problems, "/list", inner);
    expect(problems).toHaveLength(maxProblems);
    expect(problems[1]?.pointer).toBe("/list/0");
    expect(addProblem(problems, "", "type", "")).toHaveLength(maxProblems);
  });

  it("has names as tokens of a pointer", () => expect(pointerToken("a/b~c")).toBe("a~1b~0c"));

  it("repeats the beginning of a long name", () => expect(pointerToken("x".repeat(4_000))).toHaveLength(128));

  it("is not looked for without end", () => {
    expect(isTooDeep(0)).toBe(false);
    expect(isTooDeep(maxDepth)).toBe(false);
    expect(isTooDeep(maxDepth + 1)).toBe(true);
    for (let call = 0; call < maxCalls; call += 1) isTooDeep(1);
    expect(isTooDeep(1)).toBe(true);
    expect(isTooDeep(0)).toBe(false);
  });
});

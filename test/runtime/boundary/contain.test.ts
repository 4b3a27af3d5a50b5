// contain, takeSync and toError: nothing that the user's code does gets past them.
import { describe, expect, test } from "vitest";
import { contain, createAbortController, takeSync, toError } from "../../../runtime/src/boundary.js";
import { recordingLogger } from "../support/recording-logger.js";

const boom = new Error("boom");

describe("contain", () => {
  test.each<[string, () => unknown]>([
    [
      "a throw",
      () => {
        throw boom;
      },
    ],
    ["a rejection", () => Promise.reject(boom)],
    // biome-ignore lint/suspicious/noThenProperty: what a user's object may have
    ["a thenable that rejects", () => ({ then: (_: unknown, reject: (e: Error) => void) => reject(boom) })],
    [
      "a getter named then that throws",
      () =>
        // biome-ignore lint/suspicious/noThenProperty: what a user's object may have
        Object.defineProperty({}, "then", {
          get() {
            throw boom;
          },
        }),
    ],
  ])("logs %s once with its place and gives what recover makes of it", async (_title, run) => {
    const log = recordingLogger();
    const place = { entry: "execute", log, connection: "c1", command: "say" } as const;
    expect(await contain<unknown>(place, run, (error) => ["recovered", error])).toEqual(["recovered", boom]);
    expect(log.lines).toEqual([
      {
        level: "error",
        fields: { err: boom, entry: "execute", connection: "c1", command: "say" },
        message: "execute failed",
      },
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("second");
      },
    ],
    ["rejects", () => Promise.reject(new Error("second"))],
  ])("logs what recover %s, too", async (_title, recover) => {
    const log = recordingLogger();
    expect(
      await contain<unknown>({ entry: "upgrade", log }, () => Promise.reject(boom), recover),
    ).toBeUndefined();
    expect(log.lines.map(({ fields }) => (fields as { err: Error }).err.message)).toEqual(["boom", "second"]);
  });

  test("gives a value as it is, and no promise for it", () => {
    expect(
      contain(
        { entry: "tick", log: recordingLogger() },
        () => 7,
        () => 0,
      ),
    ).toBe(7);
  });

  test("outlives a logger that throws", () => {
    const log = recordingLogger();
    log.error = () => {
      throw new Error("disk");
    };
    const run = () => {
      throw boom;
    };
    expect(contain({ entry: "tick", log }, run, () => "recovered")).toBe("recovered");
  });
});

test("takeSync refuses a promise, throws an error that was returned, and leaves no rejection unhandled", () => {
  expect(() => takeSync(boom, "encode")).toThrow(boom);
  expect(() => takeSync(Promise.reject(boom), "encode")).toThrow("encode returned a promise");
  expect(takeSync("text", "encode")).toBe("text");
});

test.each<[string, unknown, string]>([
  ["an error", boom, "boom"],
  ["a string", "why", "why"],
  ["null", null, "thrown: null"],
  [
    "a proxy that throws at every look",
    new Proxy(
      {},
      {
        get() {
          throw boom;
        },
        getPrototypeOf() {
          throw boom;
        },
      },
    ),
    "A proxy was thrown.",
  ],
])("toError makes an Error of %s", (_title, thrown, message) => {
  expect(toError(thrown).message).toBe(message);
});

describe("a listener of a signal", () => {
  const bad: EventListener = () => {
    throw boom;
  };
  test.each<[string, (signal: AbortSignal) => void]>([
    ["that throws", (signal) => signal.addEventListener("abort", bad)],
    ["that rejects", (signal) => signal.addEventListener("abort", () => Promise.reject(boom))],
    ["that returns an Error", (signal) => signal.addEventListener("abort", () => boom)],
    ["that is an object", (signal) => signal.addEventListener("abort", { handleEvent: bad })],
    [
      "that is onabort",
      (signal) => {
        signal.onabort = bad;
      },
    ],
  ])("%s is logged once with its place, and the others run", async (_title, listen) => {
    const log = recordingLogger();
    const place = { entry: "abortListener", log, connection: "c1", command: "say" } as const;
    const controller = createAbortController(() => place);
    let others = 0;
    const count = () => {
      others += 1;
    };
    const removed = () => expect.unreachable();
    const { signal } = controller;
    signal.addEventListener("abort", removed);
    listen(signal);
    signal.addEventListener("abort", count);
    signal.addEventListener("abort", count);
    signal.removeEventListener("abort", removed);
    controller.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(others).toBe(1);
    expect(log.lines).toEqual([
      {
        level: "error",
        fields: { err: boom, entry: "abortListener", connection: "c1", command: "say" },
        message: "abortListener failed",
      },
    ]);
  });
});

import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { Mode, NotImplementedError, toErrorBody, WebsocketError } from "../../../runtime/src/errors.js";

/** A real logger whose lines are kept. */
function createLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

describe("toErrorBody", () => {
  it("sends a user's own error unchanged, in every mode", () => {
    for (const mode of Object.values(Mode)) {
      const error = new WebsocketError("no_room", "There is no such room.", {
        details: { room: "x" },
        status: 404,
      });
      expect(toErrorBody(error, { mode, log: createLog().log })).toEqual({
        code: "no_room",
        message: "There is no such room.",
        details: { room: "x" },
      });
    }
  });

  it("sends an unexpected error's message in debug mode, never its stack", () => {
    const told = toErrorBody(new Error("password of db is hunter2"), {
      mode: Mode.debug,
      log: createLog().log,
    });
    expect(told).toEqual({ code: "failed", message: "password of db is hunter2" });
  });

  it("sends only a reference in product mode, which is in the log with the stack", () => {
    const { log, lines } = createLog();
    const told = toErrorBody(new Error("password of db is hunter2"), { mode: Mode.product, log });
    expect(told.code).toBe("failed");
    expect(JSON.stringify(told)).not.toMatch(/hunter2|errors\.test/);
    const { reference } = told.details as { reference: string };
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 50, reference, err: { message: "password of db is hunter2" } });
    expect(lines[0]).toHaveProperty("err.stack", expect.stringContaining("errors.test.ts"));
  });

  it.each([
    ["a string", "boom", "boom"],
    ["null", null, "thrown: null"],
    ["undefined", undefined, "thrown: undefined"],
    ["an object", { a: 1 }, "thrown: { a: 1 }"],
    ["a symbol", Symbol("s"), "thrown: Symbol(s)"],
  ])("takes %s for an error", (_, thrown, message) => {
    expect(toErrorBody(thrown, { mode: Mode.debug, log: createLog().log }).message).toBe(message);
  });

  it("survives what breaks when it is looked at", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
        ownKeys: () => {
          throw new Error("trap");
        },
      },
    );
    expect(toErrorBody(hostile, { mode: Mode.debug, log: createLog().log }).code).toBe("failed");
    const error = new Error("x");
    Object.defineProperty(error, "message", {
      get: () => {
        throw new Error("trap");
      },
    });
    expect(toErrorBody(error, { mode: Mode.debug, log: createLog().log }).code).toBe("failed");
  });
});

describe("WebsocketError", () => {
  it.each([undefined, 400, 403, 599])("may have the status %s", (status) => {
    expect(new WebsocketError("no", "No.", status === undefined ? {} : { status }).status).toBe(status);
  });

  it.each([0, 200, 302, 399, 400.5, 600, Number.NaN])("is refused with the status %s", (status) => {
    const message = `A WebsocketError has the status ${status}; allowed: 400 to 599. Leave it out for 403.`;
    expect(() => new WebsocketError("no", "No.", { status })).toThrow(
      Object.assign(new RangeError(message), { code: "invalid_status" }),
    );
  });

  it.each([1000, 1008, 1011, 1013, 3000, 4999])("may have the close code %i", (closeCode) => {
    expect(new WebsocketError("no", "No.", { closeCode }).closeCode).toBe(closeCode);
  });

  it.each([0, 999, 1001, 1002, 1005, 1006, 1007, 1009, 1012, 1014, 1015, 2999, 3000.5, 5000])(
    "is refused with the close code %s",
    (closeCode) => {
      expect(() => new WebsocketError("no", "No.", { closeCode })).toThrow(RangeError);
      expect(() => new WebsocketError("no", "No.", { closeCode })).toThrow(
        expect.objectContaining({ code: "invalid_close_code" }),
      );
      expect(() => new WebsocketError("no", "No.", { closeCode })).toThrow(
        `the close code ${closeCode}; allowed: 1000, 1008, 1011, 1013 and 3000 to 4999.`,
      );
    },
  );
});

describe("NotImplementedError", () => {
  it("NotImplementedError: names the command to write", () => {
    const told = toErrorBody(new NotImplementedError("user.login"), {
      mode: Mode.product,
      log: createLog().log,
    });
    expect(told).toEqual({
      code: "not_implemented",
      message: 'The command "user.login" is not implemented yet: write the execute method of its class.',
    });
  });

  it("NotImplementedError: names the guard to write", () => {
    const { log } = createLog();
    expect(toErrorBody(new NotImplementedError("loggedIn", "guard"), { mode: Mode.product, log })).toEqual({
      code: "not_implemented",
      message: 'The guard "loggedIn" is not implemented yet: write its function.',
      details: { guard: "loggedIn" },
    });
  });
});
